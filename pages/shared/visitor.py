"""Who is looking: an anonymous visitor, known by a random cookie that scripts in the browser cannot read."""

import hashlib

import streamlit as st

COOKIE = "convscope_owner"
_SECRET = "visitor.secret"


def owner() -> str:
    """Return the visitor's public name: a hash of the secret in the cookie, safe to store beside a run.

    Without a cookie (a test, or a browser that refuses them) the session itself is the visitor.
    """
    secret = st.context.cookies.get(COOKIE)
    if not isinstance(secret, str) or not secret:  # AppTest answers with a mock
        if _SECRET not in st.session_state:
            st.session_state[_SECRET] = _new_secret()
        secret = str(st.session_state[_SECRET])
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def _new_secret() -> str:
    import secrets

    return secrets.token_urlsafe(24)
