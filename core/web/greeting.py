"""Says where the server answers, when it has started."""

from streamlit import config, net_util
from streamlit.web.server.server_util import get_url


def greeting(lecturer: str) -> str:
    """Return the server's address on this machine, the one for others in its network, and the lecturer's link.

    Streamlit's own welcome (turned off in config.toml) asks a server on the Internet for a third address.

    Args:
        lecturer: path and query of the lecturer's link.
    """
    named = config.get_option("server.address") or ""
    network = None
    if named in ("", "0.0.0.0", "::"):
        named, network = "localhost", net_util.get_internal_ip()
    for_others = f", and for others in this network at {get_url(network)}" if network else ""
    return (
        f"Convscope is at {get_url(named)}{for_others}\n"
        f"Whoever opens this link is the lecturer and controls every run, until the next start: "
        f"{get_url(network or named).rstrip('/')}{lecturer}"
    )
