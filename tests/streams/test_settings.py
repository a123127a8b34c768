"""Settings come from file and environment, and every fault is named with its place."""

import os
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError
from streams.settings import load

CONFIG = """\
kafka: broker:9092
connections:
  main:
    keap:
      url: https://api.infusionsoft.com/crm
      token: keap-secret
    erp:
      url: https://erp.example
      token: erp-secret
      poll_s: 5
"""


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the machine reach these tests."""
    for name in [name for name in os.environ if name.startswith("KEAPSYNC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A file with one good connection."""
    path = tmp_path / "keapsync.yaml"
    path.write_text(CONFIG)
    return path


def faults(config: Path | None = None) -> tuple[str, ...]:
    """Load, expecting a refusal, and return its sentences."""
    with pytest.raises(ConfigurationError) as refusal:
        load(config)
    return refusal.value.faults


def test_the_file_in_the_working_directory_is_found(config: Path):
    """Without an option or a variable, ./keapsync.yaml is read."""
    assert config.name == "keapsync.yaml"
    settings = load()
    assert settings.kafka == "broker:9092"
    assert settings.connections["main"].erp.poll_s == 5


def test_without_any_file_the_defaults_hold():
    """A command that needs no connection runs with no configuration at all."""
    assert load().kafka == "127.0.0.1:9092"
    assert load().connections == {}


def test_the_environment_wins_over_the_file(config: Path, monkeypatch: pytest.MonkeyPatch):
    """One variable replaces one setting, those beside it stay."""
    monkeypatch.setenv("KEAPSYNC_KAFKA", "other:9092")
    monkeypatch.setenv("KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN", "12345")
    settings = load(config)
    assert settings.kafka == "other:9092"
    assert settings.connections["main"].keap.token.get_secret_value() == "12345"
    assert settings.connections["main"].keap.url == "https://api.infusionsoft.com/crm"


def test_the_file_named_by_the_variable_is_read(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """KEAPSYNC_CONFIG names a file elsewhere."""
    elsewhere = tmp_path / "elsewhere.yaml"
    config.rename(elsewhere)
    monkeypatch.setenv("KEAPSYNC_CONFIG", str(elsewhere))
    assert load().kafka == "broker:9092"


def test_a_variable_that_ends_in_file_reads_the_secret_from_there(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Secrets mounted as files need no copy in the environment."""
    (tmp_path / "token").write_text("from-a-file\n")
    monkeypatch.setenv("KEAPSYNC_CONNECTIONS__MAIN__ERP__TOKEN_FILE", str(tmp_path / "token"))
    assert load(config).connections["main"].erp.token.get_secret_value() == "from-a-file"


def test_overrides_win_over_everything(config: Path, monkeypatch: pytest.MonkeyPatch):
    """A command's own options stand above file and environment."""
    monkeypatch.setenv("KEAPSYNC_KAFKA", "other:9092")
    assert load(config, kafka="third:9092").kafka == "third:9092"


def test_secrets_are_masked(config: Path):
    """Neither token shows when the settings are printed."""
    shown = repr(load(config))
    assert "keap-secret" not in shown
    assert "erp-secret" not in shown


def test_every_fault_of_the_file_is_named_with_its_line(config: Path):
    """Three faults, three sentences, three places, and no value in them."""
    config.write_text(CONFIG.replace("poll_s: 5", "poll_s: soon").replace("      token: keap-secret\n", "      toke: keap-secret\n"))
    bad_poll = f"{config}:10: connections.main.erp.poll_s: "
    missing, unknown, poll = sorted(faults(config), key=lambda fault: ("token" not in fault, "toke" not in fault))
    assert missing == (f"{config}:4: connections.main.keap.token: is missing (or set KEAPSYNC_CONNECTIONS__MAIN__KEAP__TOKEN)")
    assert unknown == f"{config}:6: connections.main.keap.toke: there is no such setting"
    assert poll.startswith(bad_poll)
    assert "soon" not in poll


def test_a_fault_of_the_environment_names_the_variable(config: Path, monkeypatch: pytest.MonkeyPatch):
    """The reader is sent to the variable, not to the file it overrides."""
    monkeypatch.setenv("KEAPSYNC_CONNECTIONS__MAIN__ERP__POLL_S", "-1")
    (fault,) = faults(config)
    assert fault.startswith("KEAPSYNC_CONNECTIONS__MAIN__ERP__POLL_S: ")


def test_unknown_variables_and_unreadable_files_are_faults_too(config: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """They are named together, so that one look repairs all."""
    monkeypatch.setenv("KEAPSYNC_KAFAK", "typo:9092")
    monkeypatch.setenv("KEAPSYNC_CONNECTIONS__MAIN__ERP__TOKEN_FILE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("KEAPSYNC_PARTITIONS", "0")
    assert {fault.split(":")[0] for fault in faults(config)} == {
        "KEAPSYNC_KAFAK",
        "KEAPSYNC_CONNECTIONS__MAIN__ERP__TOKEN_FILE",
        "KEAPSYNC_PARTITIONS",
    }


@pytest.mark.parametrize(
    ("content", "place"),
    [("kafka: [1\n", "not YAML"), ("- a\n- b\n", "a mapping of settings belongs here")],
)
def test_a_file_that_is_no_mapping_is_refused(config: Path, content: str, place: str):
    """The sentence names file and line."""
    config.write_text(content)
    (fault,) = faults(config)
    assert fault.startswith(f"{config}:")
    assert place in fault


def test_a_named_file_that_is_missing_is_refused(tmp_path: Path):
    """A file asked for by name is never passed over in silence."""
    (fault,) = faults(tmp_path / "nowhere.yaml")
    assert "nowhere.yaml: cannot read it" in fault


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("      time_zone: Mars/Olympus\n", "is no IANA time zone"),
        ("    default_country: XX\n", "is no ISO 3166 alpha-2 code"),
    ],
)
def test_zones_and_countries_are_looked_up(config: Path, line: str, says: str):
    """A name that no table knows is refused at start, not at the first record."""
    config.write_text(CONFIG + line)
    (fault,) = faults(config)
    assert says in fault
