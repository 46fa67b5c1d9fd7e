"""Says where the server answers, when it has started."""

from streamlit import config, net_util
from streamlit.web.server.server_util import get_url


def greeting() -> str:
    """Return a line with the server's address on this machine and, where it is in a network, the one for others.

    Streamlit's own welcome (turned off in config.toml) asks a server on the Internet for a third one.
    """
    named = config.get_option("server.address") or ""
    if named not in ("", "0.0.0.0", "::"):
        return f"Convscope is at {get_url(named)}"
    network = net_util.get_internal_ip()
    for_others = f", and for others in this network at {get_url(network)}" if network else ""
    return f"Convscope is at {get_url('localhost')}{for_others}"
