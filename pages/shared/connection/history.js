/* One entry of the browser's history for each page a visitor opens: what is chosen on a page replaces the entry's address,
   so that Back leads to the page before, as it was left. Streamlit makes an entry of every address the server writes. */

const push = window.history.pushState.bind(window.history);

window.history.pushState = (state, unused, address) => {
  const samePage = new URL(address ?? "", window.location.href).pathname === window.location.pathname;
  if (samePage) window.history.replaceState(state, unused, address);
  else push(state, unused, address);
};
