"""The fingerprint names the rules, changes with them, and costs no heavy import."""

import subprocess
import sys

from extractors import fingerprint as prints


def test_is_stable_and_has_a_digest():
    first = prints.fingerprint()
    assert first == prints.fingerprint()
    assert first.name == "variorum"
    assert len(first.config_sha256) == 64
    assert first.text == f"variorum {first.version} {first.config_sha256}"


def test_names_every_module_with_a_revision():
    folder = prints.Path(prints.__file__).parent
    told = prints._configuration(folder)
    for module in ("comments/taking.py", "generic.py", "metadata.py", "page.py", "wordpress.py"):
        assert module in told
    assert told["trafilatura"] and any(name.endswith(".tsv") for name in told)


def test_changes_with_a_revision(tmp_path):
    (tmp_path / "one.py").write_text('REVISION = "one/1"\n')
    before = prints._configuration(tmp_path)
    (tmp_path / "one.py").write_text('REVISION = "one/2"\n')
    assert prints._configuration(tmp_path) != before


def test_imports_nothing_heavy():
    code = (
        "import sys; from extractors.fingerprint import fingerprint; fingerprint(); print('trafilatura' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
