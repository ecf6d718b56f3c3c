//! Page trees of the sample company as outlines: two spaces of indentation per level, marks in brackets.

/// The spaces of Larkspur, a maker of sensors for indoor air: key, name, outline.
pub(super) const SPACES: [(&str, &str, &str); 8] = [
    ("ENG", "Engineering", ENGINEERING),
    ("PROD", "Product", PRODUCT),
    ("HR", "People & Culture", PEOPLE),
    ("MKT", "Marketing", MARKETING),
    ("SUP", "Customer Support", SUPPORT),
    ("DES", "Design", DESIGN),
    ("~712020mina", "Mina Park", PERSONAL),
    ("CLASSIC", "Larkspur Classic", CLASSIC),
];

const ENGINEERING: &str = "
Engineering Home
  Architecture
    System overview
    Device firmware
      Over-the-air updates
      Sensor calibration
      Power budget
    Cloud backend
      Ingest pipeline
      Time series storage
      Checkout service
    Mobile apps
      Pairing flow
  Runbooks [folder]
    Ingest lag
    Certificate renewal
    Restore from backup
    On-call handbook
  Decisions [folder]
    ADR 1: One repository
    ADR 2: Protocol buffers on the wire
    ADR 4: Retire the REST gateway
  Incidents
    2024-03 Ingest outage
    2025-01 Certificate expiry
    2025-09 Firmware rollback
  Release notes
    Firmware 4.2
    Firmware 4.3
    Firmware 5.0
  Lab
    Climate chamber
    Test bench wiring
  Old build server [archived]
  Jenkins migration plan [archived]
  Spike: edge inference [trashed]
";

const PRODUCT: &str = "
Product Home
  Roadmap 2026
  Roadmap 2025 [archived]
  Air One
    Air One: requirements
    Air One: competitors
    Air One: pricing
  Air Pro
    Air Pro: requirements
    Air Pro: field study
      Interviews Hamburg
      Interviews Seoul
      Interviews Cairo
    Air Pro: certification
  App
    App: onboarding
    App: notifications
    App: accessibility
  Metrics
    Activation
  Launch checklists [folder]
    Launch checklist Air One
    Launch checklist Air Pro
  Discontinued: Air Mini [archived]
  Untitled idea [trashed]
";

const PEOPLE: &str = "
People Home
  Handbuch für neue Kolleginnen und Kollegen
    Erster Tag
    Ausstattung
  Travel policy
  Expenses
  Benefits
    Pension
    Bike leasing
  Hiring
    Interview guide
    Job description template texts
  Offices
    Office Hamburg
    Office Seoul
  Training
    First aid
  Payroll calendar 2023 [archived]
";

const MARKETING: &str = "
Marketing Home
  Brand
    Logo
    Photography
  Campaigns
    Spring 2025: Breathe
    Autumn 2025: Schools
    Spring 2026: Offices
  Events
    IFA Berlin 2025
    Light + Building 2026
    Summer party 2025
  Website
    Landing pages
  Press
    Press kit
    Coverage
  Videos
  Newsletter
  Partners and resellers
    Price lists
  Campaign archive 2022 [archived]
  Agency pitch [trashed]
";

const SUPPORT: &str = "
Support Home
  Known issues
    Sensor shows 0 ppm
    Display stays dark
    Wi-Fi pairing fails
  How-to guides [folder]
    Mount the sensor
    Replace the battery
    Export measurements
    Reset to factory settings
  Manuals
    Manuals Air One
    Manuals Air Pro
  Returns
    Return form
  Escalations
    Escalation 2025-04 Nordic Schools
    Escalation 2025-11 Hotel chain
  Macros and snippets
  Old ticket system [archived]
";

const DESIGN: &str = "
Design Home
  Design system
    Colours
    Icons
    Typography
  Air One industrial design
    Housing
    Packaging
  App screens
    Home screen
    History screen
  Research repository
  Moodboards
  Illustrations
";

const PERSONAL: &str = "
Mina Park
  Notes
  1:1 notes
  Travel Seoul
  Scratch pad
  Slides I keep
";

const CLASSIC: &str = "
Larkspur Classic
  Classic hardware
    Classic bill of materials
    Classic schematics
  Classic firmware
    Flashing guide
  Classic support
    Classic FAQ
  Classic marketing
    Classic brochure
    Classic photos
  Classic team
";

/// Blog posts: space, title.
pub(super) const POSTS: [(&str, &str); 20] = [
    ("ENG", "We moved the ingest pipeline without a minute of downtime"),
    ("ENG", "Firmware 5.0 is out"),
    ("ENG", "What we learned from the certificate expiry"),
    ("ENG", "New climate chamber"),
    ("PROD", "Air Pro passes certification"),
    ("PROD", "Roadmap 2026 in five minutes"),
    ("PROD", "What we heard from people in Cairo"),
    ("HR", "Welcome Amira, Jonas and Yuki"),
    ("HR", "Neue Regelung für mobiles Arbeiten"),
    ("HR", "Summer party: save the date"),
    ("HR", "First aid course in May"),
    ("MKT", "Back from IFA"),
    ("MKT", "Breathe wins an award"),
    ("MKT", "Our new photography"),
    ("MKT", "Schools campaign: the first numbers"),
    ("SUP", "Ten thousand answered tickets"),
    ("SUP", "Known issue: display stays dark"),
    ("DES", "A calmer home screen"),
    ("DES", "Icons, redrawn"),
    ("~712020mina", "Three weeks in Seoul"),
];

/// People: account id, name.
pub(super) const PEOPLE_LIST: [(&str, &str); 12] = [
    ("712020:10000000-0000-4000-8000-000000000001", "Mina Park"),
    ("712020:10000000-0000-4000-8000-000000000002", "Jonas Brückner"),
    ("712020:10000000-0000-4000-8000-000000000003", "Amira Haddad"),
    ("712020:10000000-0000-4000-8000-000000000004", "Yuki Tanaka"),
    ("712020:10000000-0000-4000-8000-000000000005", "Oskar Lindqvist"),
    ("712020:10000000-0000-4000-8000-000000000006", "Priya Raman"),
    ("712020:10000000-0000-4000-8000-000000000007", "Tomás Rivera"),
    ("712020:10000000-0000-4000-8000-000000000008", "Chiara Conti"),
    ("712020:10000000-0000-4000-8000-000000000009", "Ewa Zielińska"),
    ("712020:10000000-0000-4000-8000-00000000000a", "Noah Abebe"),
    ("712020:10000000-0000-4000-8000-00000000000b", "Léa Moreau"),
    ("712020:10000000-0000-4000-8000-00000000000c", "Sven Petersen"),
];
