//! Minimal `WebDriver BiDi` client for the Firefox tests. Firefox offers the protocol over a WebSocket, without a
//! driver.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::{Message, WebSocket};

use test_support::webdriver::find_program;

/// Settings of a profile that sends no network requests and saves downloads without asking.
const SETTINGS: [(&str, &str); 14] = [
    ("app.normandy.enabled", "false"),
    ("app.update.disabledForTesting", "true"),
    ("browser.download.folderList", "2"),
    ("browser.download.always_ask_before_handling_new_types", "false"),
    ("browser.safebrowsing.downloads.enabled", "false"),
    ("browser.safebrowsing.malware.enabled", "false"),
    ("browser.safebrowsing.phishing.enabled", "false"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("extensions.update.enabled", "false"),
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    ("services.settings.server", "\"data:,\""),
    ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
];

/// Timeout of one response, long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A Firefox with one window under remote control; it ends when dropped.
pub(crate) struct Firefox {
    process: Child,
    socket: WebSocket<TcpStream>,
    context: String,
    commands: u64,
    /// Events that have not been processed.
    events: Vec<Value>,
    profile: tempfile::TempDir,
}

impl Firefox {
    /// Starts a browser with additional settings.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let program = find_program(&["firefox-esr", "firefox"]).expect("Firefox");
        let profile = tempfile::tempdir().expect("a folder");
        fs::create_dir(profile.path().join("downloads")).expect("a folder");
        let downloads = json!(profile.path().join("downloads")).to_string();
        let folder = [("browser.download.dir", downloads.as_str())];
        let all = SETTINGS.iter().chain(settings).chain(&folder);
        let lines: Vec<String> = all.map(|(name, value)| format!("user_pref(\"{name}\", {value});")).collect();
        fs::write(profile.path().join("user.js"), lines.join("\n")).expect("written");
        let mut process = Command::new(program)
            .args(["--headless", "--no-remote", "--remote-debugging-port=0", "--profile"])
            .arg(profile.path())
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Firefox");
        let mut output = BufReader::new(process.stderr.take().expect("its output")).lines().map_while(Result::ok);
        let address = output
            .find_map(|line| {
                line.rsplit_once("WebDriver BiDi listening on ws://").map(|(_, address)| address.to_owned())
            })
            .expect("Firefox says where it listens");
        // Firefox would block if nothing read its output and the pipe filled up
        std::thread::spawn(move || output.for_each(drop));
        let stream = TcpStream::connect(&address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        let (socket, _) = tungstenite::client(format!("ws://{address}/session"), stream).expect("a WebSocket");
        let mut firefox = Self { process, socket, context: String::new(), commands: 0, events: Vec::new(), profile };
        firefox.begin();
        firefox
    }

    /// Opens the session and subscribes to events: console, network, downloads, Content Security Policy.
    fn begin(&mut self) {
        self.command("session.new", &json!({ "capabilities": {} }));
        let events = ["log.entryAdded", "network.beforeRequestSent", "browsingContext.downloadEnd"];
        self.command("session.subscribe", &json!({ "events": events }));
        let tree = self.command("browsingContext.getTree", &json!({}));
        tree["contexts"][0]["context"].as_str().expect("a window").clone_into(&mut self.context);
        let watch = "() => { window.violations = []; document.addEventListener('securitypolicyviolation', \
            event => window.violations.push(event.violatedDirective + ' ' + event.sourceFile + ':' + event.lineNumber)) }";
        self.command("script.addPreloadScript", &json!({ "functionDeclaration": watch }));
    }

    /// Sends a command and waits for its response; keeps events that arrive meanwhile.
    fn command(&mut self, method: &str, parameters: &Value) -> Value {
        self.commands += 1;
        let command = json!({ "id": self.commands, "method": method, "params": parameters });
        self.socket.send(Message::text(command.to_string())).expect("sent");
        loop {
            let mut message = self.receive();
            if message["id"] == self.commands {
                assert_eq!(message["type"], "success", "{method}: {message}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Opens a file with a fragment and waits until it is loaded.
    pub(crate) fn open(&mut self, file: &Path, fragment: &str) {
        let mut url = url::Url::from_file_path(file).expect("an absolute path");
        url.set_fragment(Some(fragment).filter(|fragment| !fragment.is_empty()));
        // a URL that differs only in its fragment is not loaded again
        for url in ["about:blank", url.as_str()] {
            let context = self.context.clone();
            self.command("browsingContext.navigate", &json!({ "context": context, "url": url, "wait": "complete" }));
        }
    }

    /// Runs a function body and returns its result; waits for promises.
    pub(crate) fn run(&mut self, script: &str) -> Value {
        let expression = format!("(async () => JSON.stringify(await (async () => {{ {script} }})() ?? null))()");
        let target = json!({ "context": self.context });
        let parameters = json!({ "expression": expression, "target": target, "awaitPromise": true });
        let response = self.command("script.evaluate", &parameters);
        assert_eq!(response["type"], "success", "{script}: {response}");
        serde_json::from_str(response["result"]["value"].as_str().expect("a text")).expect("JSON")
    }

    /// Runs a script that returns an array of texts.
    pub(crate) fn texts(&mut self, script: &str) -> Vec<String> {
        serde_json::from_value(self.run(script)).expect("texts")
    }

    /// Runs a script in each frame until it returns true. Panics after a minute.
    pub(crate) fn wait_for(&mut self, condition: &str) {
        let met = self.run(&format!(
            "const end = Date.now() + 60000; const met = () => {{ {condition} }}; \
             while (!met() && Date.now() < end) await new Promise(requestAnimationFrame); return met()"
        ));
        assert_eq!(met, true, "{condition}");
    }

    /// Presses and releases keys one after the other, in the focused element.
    pub(crate) fn press(&mut self, keys: &str) {
        let strokes = keys
            .chars()
            .flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() })));
        let strokes: Vec<Value> = strokes.collect();
        let actions = json!([{ "type": "key", "id": "keys", "actions": strokes }]);
        let context = self.context.clone();
        self.command("input.performActions", &json!({ "context": context, "actions": actions }));
    }

    /// Resizes the page.
    pub(crate) fn resize(&mut self, width: u32, height: u32) {
        let viewport = json!({ "width": width, "height": height });
        let context = self.context.clone();
        self.command("browsingContext.setViewport", &json!({ "context": context, "viewport": viewport }));
    }

    /// Returns messages of the console and of the Content Security Policy, and network requests, since the last call.
    /// Files and data do not count as network requests.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        let mut complaints = self.texts("return window.violations");
        for event in std::mem::take(&mut self.events) {
            let parameters = &event["params"];
            match event["method"].as_str() {
                Some("log.entryAdded") => complaints.push(parameters["text"].to_string()),
                Some("network.beforeRequestSent") => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    if !["file:", "data:", "blob:", "about:"].iter().any(|scheme| url.starts_with(scheme)) {
                        complaints.push(url.to_owned());
                    }
                }
                _ => self.events.push(event),
            }
        }
        complaints
    }

    /// Waits for the next download and returns its name and text.
    pub(crate) fn downloaded(&mut self) -> (String, String) {
        let is_end = |event: &Value| event["method"] == "browsingContext.downloadEnd";
        let end = loop {
            if let Some(at) = self.events.iter().position(is_end) {
                break self.events.remove(at);
            }
            let event = self.receive();
            self.events.push(event);
        };
        let path = Path::new(end["params"]["filepath"].as_str().expect("a finished download"));
        assert!(path.starts_with(self.profile.path()), "{}", path.display());
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("read"))
    }
}

impl Drop for Firefox {
    fn drop(&mut self) {
        // it is fine if the browser has ended already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
