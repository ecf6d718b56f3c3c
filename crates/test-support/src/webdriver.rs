//! Minimal `WebDriver` client for browser tests. Each browser has its own chromedriver.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::fonts::Font;

/// A browser under remote control. Dropping it ends the browser and its driver.
pub struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
    _profile: tempfile::TempDir,
}

/// Finds the first of these programs in `PATH`.
pub fn find_program(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

/// Finds Chromium and its driver.
pub(crate) fn programs() -> Option<(PathBuf, PathBuf)> {
    find_program(&["chromium", "chromium-browser", "google-chrome"]).zip(find_program(&["chromedriver"]))
}

impl Browser {
    pub async fn start() -> Self {
        Self::start_with(&json!({})).await
    }

    /// Starts a browser with scripts disabled.
    pub async fn start_without_script() -> Self {
        Self::start_with(&json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    /// Starts a browser that shows every generic font in this family.
    pub async fn start_in(font: &Font) -> Self {
        Self::launch(&json!({}), Some(font)).await
    }

    /// Starts a browser in which every page is zoomed; the window keeps its size.
    pub async fn start_zoomed(factor: f64, width: u32, height: u32) -> Self {
        // one zoom level is a factor of 1.2
        let level = factor.ln() / 1.2_f64.ln();
        let browser = Self::start_with(&json!({ "partition.default_zoom_level.x": level })).await;
        let window = json!({ "width": width, "height": height });
        browser.post("/window/rect", &window).await;
        browser
    }

    async fn start_with(preferences: &Value) -> Self {
        Self::launch(preferences, None).await
    }

    async fn launch(preferences: &Value, font: Option<&Font>) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let (chromium, chromedriver) = programs().expect("chromium and chromedriver");
        let mut command = Command::new(chromedriver);
        if let Some(font) = font {
            let file = profile.path().join("fonts.conf");
            std::fs::write(&file, font.configuration()).expect("written");
            command.env("FONTCONFIG_FILE", file);
        }
        let mut driver =
            command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver");
        let output = BufReader::new(driver.stdout.take().expect("its output"));
        let port = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_suffix('.')?.rsplit_once("on port ").map(|(_, port)| port.to_owned()))
            .expect("chromedriver says its port");
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--window-size=1440,1200",
        ];
        let profile_argument = format!("--user-data-dir={}", profile.path().display());
        let arguments: Vec<&str> = arguments.into_iter().chain([profile_argument.as_str()]).collect();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut browser = Self { driver, http, session: format!("http://127.0.0.1:{port}/session"), _profile: profile };
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "binary": chromium, "args": arguments, "prefs": preferences },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let session = browser.post("", &capabilities).await;
        browser.session.push('/');
        browser.session.push_str(session["sessionId"].as_str().expect("a session"));
        // scripts may wait, see `wait_for`
        browser.post("/timeouts", &json!({ "script": 120_000, "pageLoad": 300_000 })).await;
        browser
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        let response = self.http.post(format!("{}{path}", self.session)).json(body).send().await.expect("a response");
        let mut json: Value = response.json().await.expect("JSON");
        let value = json["value"].take();
        assert!(value["error"].is_null(), "{path}: {value}");
        value
    }

    /// Opens a file and waits until it is loaded.
    pub async fn open(&self, file: &Path) {
        let url = url::Url::from_file_path(file).expect("an absolute path");
        self.post("/url", &json!({ "url": url.as_str() })).await;
    }

    /// Opens a file with a fragment.
    pub async fn open_at(&self, file: &Path, fragment: &str) {
        let mut url = url::Url::from_file_path(file).expect("an absolute path");
        url.set_fragment(Some(fragment));
        // a URL that differs only in its fragment is not loaded again
        self.post("/url", &json!({ "url": "about:blank" })).await;
        self.post("/url", &json!({ "url": url.as_str() })).await;
    }

    pub async fn back(&self) {
        self.post("/back", &json!({})).await;
    }

    /// Presses and releases keys one after the other, in the focused element.
    pub async fn press(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| {
            [
                json!({ "type": "keyDown", "value": key.to_string() }),
                json!({ "type": "keyUp", "value": key.to_string() }),
            ]
        });
        let strokes: Vec<Value> = strokes.collect();
        self.post("/actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] })).await;
    }

    /// Emulates a window of this size.
    pub async fn resize(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Emulates a medium and media features, such as `prefers-color-scheme` with `dark`.
    pub async fn emulate(&self, medium: &str, features: &[(&str, &str)]) {
        let features: Vec<Value> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": medium, "features": features })).await;
    }

    /// Runs a script until it returns true. Panics after two minutes.
    pub async fn wait_for(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const end = Date.now() + 120000; \
             const check = () => {{ const met = (() => {{ {condition} }})(); \
             if (met || Date.now() > end) done(met); else requestAnimationFrame(check); }}; check();"
        );
        let met = self.post("/execute/async", &json!({ "script": script, "args": [] })).await;
        assert_eq!(met, true, "{condition}");
    }

    /// Runs a script and returns its result.
    pub async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] })).await
    }

    /// Runs a script that returns a text.
    pub async fn text(&self, script: &str) -> String {
        let value = self.run(script).await;
        value.as_str().expect(script).to_owned()
    }

    /// Runs a script that returns an array of texts.
    pub async fn texts(&self, script: &str) -> Vec<String> {
        let value = self.run(script).await;
        let list = value.as_array().expect(script);
        list.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Returns the ids of the elements that a selector finds.
    pub async fn find(&self, selector: &str) -> Vec<String> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": selector })).await;
        let list = found.as_array().expect("a list");
        list.iter().filter_map(|element| element.as_object()?.values().next()?.as_str().map(str::to_owned)).collect()
    }

    /// Returns the visible text of the page, one line for each piece of text in the layout. Works without scripts too.
    pub async fn shown_text(&self) -> String {
        let snapshot = self.devtools("DOMSnapshot.captureSnapshot", json!({ "computedStyles": [] })).await;
        let strings = snapshot["strings"].as_array().expect("strings");
        let indexes = snapshot["documents"][0]["layout"]["text"].as_array().expect("texts");
        let texts = indexes.iter().filter_map(|index| strings.get(usize::try_from(index.as_u64()?).ok()?)?.as_str());
        texts.map(str::trim).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    }

    async fn first(&self, selector: &str) -> String {
        self.find(selector).await.into_iter().next().expect(selector)
    }

    /// Clicks an element like a person does: it has to be visible and not covered.
    pub async fn click(&self, selector: &str) {
        let element = self.first(selector).await;
        self.post(&format!("/element/{element}/click"), &json!({})).await;
    }

    pub async fn type_into(&self, selector: &str, text: &str) {
        let element = self.first(selector).await;
        self.post(&format!("/element/{element}/value"), &json!({ "text": text })).await;
    }

    /// Sends a command of the Chrome `DevTools` protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// Returns the console messages since the last call.
    pub async fn console(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "browser" })).await;
        let list = entries.as_array().expect("a list");
        list.iter().map(|entry| entry["message"].to_string()).collect()
    }

    /// Returns the URLs requested since the last call, without files and data.
    pub async fn network(&self) -> Vec<String> {
        let entries = self.post("/se/log", &json!({ "type": "performance" })).await;
        let list = entries.as_array().expect("a list");
        let messages = list.iter().filter_map(|entry| serde_json::from_str(entry["message"].as_str()?).ok());
        messages
            .filter(|entry: &Value| entry["message"]["method"] == "Network.requestWillBeSent")
            .filter_map(|entry| entry["message"]["params"]["request"]["url"].as_str().map(str::to_owned))
            .filter(|url| {
                !["file:", "data:", "blob:", "chrome:", "about:"].iter().any(|scheme| url.starts_with(scheme))
            })
            .collect()
    }

    /// Returns the font families of the first element that a selector finds, without its descendants.
    pub async fn families(&self, selector: &str) -> Vec<String> {
        for domain in ["DOM.enable", "CSS.enable"] {
            self.devtools(domain, json!({})).await;
        }
        let document = self.devtools("DOM.getDocument", json!({})).await;
        let root = &document["root"]["nodeId"];
        let found = self.devtools("DOM.querySelector", json!({ "nodeId": root, "selector": selector })).await;
        let fonts = self.devtools("CSS.getPlatformFontsForNode", json!({ "nodeId": found["nodeId"] })).await;
        let fonts = fonts["fonts"].as_array().expect("fonts");
        fonts.iter().map(|font| font["familyName"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Returns a screenshot of the window as PNG in base64.
    pub async fn screenshot(&self) -> String {
        let response = self.http.get(format!("{}/screenshot", self.session)).send().await.expect("a response");
        let json: Value = response.json().await.expect("JSON");
        json["value"].as_str().expect("a picture").to_owned()
    }

    /// Ends the session and the browser.
    pub async fn stop(self) {
        self.http.delete(&self.session).send().await.expect("a response");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // chromedriver ends its browser too; it is fine if the driver has ended already
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
