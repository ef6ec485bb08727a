"""The seam in httpx, and what passes through it."""

import datetime
import ssl

import httpcore
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from fetchers import Fetcher
from fetchers.address import Guard
from fetchers.transport import Wire, make_transport
from variorum.records import Request
from variorum.settings import Settings


def test_the_private_seam_of_httpx_is_where_we_take_it_to_be():
    transport = httpx.HTTPTransport(trust_env=False)
    assert isinstance(transport._pool, httpcore.ConnectionPool)
    ours, backend = make_transport(Guard(), ssl.create_default_context())
    assert ours._pool is not transport._pool
    assert ours._pool._network_backend is backend
    ours.close()


def test_the_name_goes_to_the_server_and_the_checked_address_to_the_socket(server, reply):
    server.answers["/"] = reply(b"hello")
    asked = []

    def resolver(host):
        asked.append(host)
        return ["127.0.0.1"]

    guard = Guard(trusted_hosts=frozenset({f"blog.test:{server.port}"}), resolver=resolver)
    transport, backend = make_transport(guard, ssl.create_default_context())
    backend.wire = Wire(5, 1000)
    with transport:
        response = transport.handle_request(httpx.Request("GET", f"http://blog.test:{server.port}/"))
        assert response.read() == b"hello"
    assert asked == ["blog.test"]
    assert f"Host: blog.test:{server.port}\r\n".encode() in server.requests[0]
    assert backend.wire.address == "127.0.0.1"


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for localhost, which this test's clients trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "pair.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_tls_is_checked_for_the_name_and_recorded_in_clear(new_server, reply, certificate):
    names = []
    certificate.sni_callback = lambda connection, name, context: names.append(name)
    server = new_server(certificate)
    server.answers["/"] = reply(b"secret", "X-Two: words")
    trusted = frozenset({f"localhost:{server.port}", f"127.0.0.1:{server.port}"})
    with Fetcher(Settings(timeout_s=5), trusted_hosts=trusted, sleep=lambda seconds: None) as fetcher:
        page = fetcher.fetch(Request(url=f"https://localhost:{server.port}/")).final
        assert page.response == reply(b"secret", "X-Two: words")
        assert page.request.startswith(b"GET / HTTP/1.1\r\nHost: localhost:")
        assert names == ["localhost"]

        robots, wrong = fetcher.fetch(Request(url=f"https://127.0.0.1:{server.port}/")).exchanges
        assert robots.error is not None and robots.error.startswith("tls: ")
        assert wrong.error is not None and wrong.error.startswith("refused by robots.txt: it could not be read (tls: ")
        assert robots.response == b"" and not robots.transient


def test_proxies_of_the_environment_are_not_used(server, reply, get, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://10.0.0.1:3128")
    monkeypatch.setenv("ALL_PROXY", "http://10.0.0.1:3128")
    server.answers["/"] = reply(b"direct")
    with Fetcher(Settings(timeout_s=5), trusted_hosts=frozenset({server.host})) as fetcher:
        assert fetcher.fetch(Request(url=server.url + "/")).final.body == b"direct"
