//! F-31: TLS connections that fail, with the real program, which reads the CA file from the environment.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use assert_cmd::Command;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::run_program::{Finished, program};

/// A private certificate authority.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    pub(crate) fn sign(&self, host: &str, expired: bool) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.der().clone(), PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())))
    }
}

/// The program, configured for `localhost` at this port and for `user`; `trusted` is the authority it trusts.
pub(crate) fn program_for(port: u16, (user, token): (&str, &str), trusted: &Authority, folder: &Path) -> Command {
    let mut command = program(folder);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env_remove(name);
    }
    command
        .env("CONFLUENCE_BASE_URL", format!("https://localhost:{port}"))
        .env("CONFLUENCE_API_USER", user)
        .env("CONFLUENCE_API_TOKEN", token)
        .env("SSL_CERT_FILE", trusted.folder.path().join("ca.pem"))
        .env_remove("SSL_CERT_DIR");
    command
}

/// A listener that completes the TLS handshake, never answers, and counts connections.
struct TlsServer {
    address: SocketAddr,
    handshakes: Arc<std::sync::atomic::AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl TlsServer {
    fn start(config: ServerConfig) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let handshakes = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = Arc::clone(&handshakes);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let acceptor = acceptor.clone();
                tokio::spawn(async move { acceptor.accept(stream).await.map(drop) });
            }
        });
        Self { address, handshakes, _runtime: runtime }
    }

    /// Runs the program against this server; `trusted` is the authority it trusts.
    fn run(&self, trusted: &Authority) -> Finished {
        let folder = TempDir::new().unwrap();
        let account = ("me@example.com", "token");
        let output = program_for(self.address.port(), account, trusted, folder.path()).output().unwrap();
        Finished::new(output, folder)
    }

    fn connections(&self) -> usize {
        self.handshakes.load(std::sync::atomic::Ordering::Relaxed)
    }
}

pub(crate) fn config((certificate, key): (CertificateDer<'static>, PrivateKeyDer<'static>)) -> ServerConfig {
    ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}

fn refused(run: &Finished, server: &TlsServer) {
    assert_eq!(run.status, 5, "{}", run.stderr);
    assert!(run.stderr.contains("cannot establish a secure connection"), "{}", run.stderr);
    assert!(run.stderr.contains("certificate"), "the remedy: {}", run.stderr);
    assert!(run.reports().is_empty());
    assert_eq!(server.connections(), 1, "certificate errors are not retried: {}", run.stderr);
}

#[test]
fn invalid_certificates_are_reported_and_not_retried_f_31() {
    let (ours, strange) = (Authority::new(), Authority::new());
    let expired = TlsServer::start(config(ours.sign("localhost", true)));
    let run = expired.run(&ours);
    refused(&run, &expired);
    assert!(run.stderr.to_lowercase().contains("expired"), "{}", run.stderr);

    let other_host = TlsServer::start(config(ours.sign("other.example", false)));
    refused(&other_host.run(&ours), &other_host);

    let unknown = TlsServer::start(config(strange.sign("localhost", false)));
    refused(&unknown.run(&ours), &unknown);
}

#[test]
fn a_server_that_requires_a_client_certificate_is_reported_f_31() {
    let ours = Authority::new();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(ours.issuer.der().to_vec())).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap();
    let (certificate, key) = ours.sign("localhost", false);
    let demanding =
        ServerConfig::builder().with_client_cert_verifier(verifier).with_single_cert(vec![certificate], key).unwrap();
    let server = TlsServer::start(demanding);
    let run = server.run(&ours);
    assert_eq!(run.status, 5, "{}", run.stderr);
    assert!(run.stderr.to_lowercase().contains("certificate"), "{}", run.stderr);
    // the alert may arrive after a successful handshake and hit a request, which is then retried once
    assert!((1..=2).contains(&server.connections()), "{}", run.stderr);
}

#[test]
fn a_damaged_ca_file_is_reported_before_any_request_f_31() {
    let ours = Authority::new();
    let server = TlsServer::start(config(ours.sign("localhost", false)));
    let broken = ours.folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nnothing").unwrap();
    for (path, problem) in [(broken.as_path(), "damaged"), (Path::new("/nowhere/ca.pem"), "No such file")] {
        for command in [&["audit"][..], &["doctor"]] {
            let folder = TempDir::new().unwrap();
            let mut program = program_for(server.address.port(), ("me", "token"), &ours, folder.path());
            let output = program.env("SSL_CERT_FILE", path).args(command).output().unwrap();
            let run = Finished::new(output, folder);
            assert_eq!(run.status, 2, "{}", run.stderr);
            assert!(run.stderr.contains("SSL_CERT_FILE") && run.stderr.contains(problem), "{}", run.stderr);
            assert!(run.stderr.contains(path.to_str().unwrap()), "{}", run.stderr);
        }
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn there_is_no_switch_that_turns_verification_off_f_31() {
    let folder = TempDir::new().unwrap();
    let help = program(folder.path()).arg("audit").arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap().to_lowercase();
    for word in ["insecure", "no-verify", "skip-tls", "accept-invalid"] {
        assert!(!help.contains(word), "{word}");
    }
}
