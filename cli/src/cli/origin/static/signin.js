// Signing in at the installation's own issuer: OpenID Connect, authorization code with PKCE. A demo names no issuer.

import { Refused, forget, keep, renewBy } from "./api.js";

const ABOUT = "/.well-known/oauth-protected-resource"; // RFC 9728
const BEGUN = "entente-sign-in"; // what this tab must remember while the person is at the issuer
const SESSION = "entente-session"; // what renews the token, and ends the session
const EARLY = 30_000; // milliseconds before its end in which a token is renewed

const read = (key) => JSON.parse(sessionStorage.getItem(key) || "null");
const write = (key, value) => sessionStorage.setItem(key, JSON.stringify(value));
const home = `${location.origin}/`;
export const signedIn = () => read(SESSION) !== null;

let known = null;

// What the installation says of its issuer; null where it names none.
export async function issuer() {
  if (!known) {
    const about = await (await fetch(ABOUT, { cache: "no-store" })).json();
    const [name] = about.authorization_servers || [];
    if (!name) return null;
    const server = await (await fetch(`${name.replace(/\/$/, "")}/.well-known/openid-configuration`)).json();
    if (server.issuer !== name) throw new Error(`the issuer calls itself ${server.issuer}, and not ${name}`);
    known = { ...server, client: about.sign_in_client, scope: about.scopes_supported.join(" ") };
  }
  return known;
}

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// Send the person to the issuer.
export async function signIn() {
  if (!crypto.subtle) throw new Error("a browser signs nobody in on a page without https");
  const { authorization_endpoint: where, client, scope } = await issuer();
  const [state, verifier] = [random(), random()];
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  write(BEGUN, { state, verifier });
  const asked = { response_type: "code", client_id: client, redirect_uri: home, scope, state };
  location.assign(`${where}?${new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" })}`);
}

// Take in what the issuer sent back with the person; it does not stay in the address bar. Gives why it is refused.
export async function cameBack() {
  const [given, begun] = [new URLSearchParams(location.search), read(BEGUN)];
  if (!given.has("state")) return "";
  history.replaceState(null, "", location.pathname);
  sessionStorage.removeItem(BEGUN);
  try {
    const { issuer: name } = await issuer();
    if (given.get("state") !== begun?.state) throw new Error("this login was not begun in this tab; sign in again");
    if (given.has("iss") && given.get("iss") !== name) throw new Error("another issuer answered"); // RFC 9207
    if (given.has("error")) throw new Error(given.get("error_description") || given.get("error"));
    await ask({ grant_type: "authorization_code", code: given.get("code"), redirect_uri: home, code_verifier: begun.verifier });
    return "";
  } catch (error) {
    return error.message;
  }
}

async function ask(form) {
  const { token_endpoint: where, client } = await issuer();
  const answer = await fetch(where, { method: "POST", body: new URLSearchParams({ ...form, client_id: client }) });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, { detail: said.error_description || said.error });
  const before = read(SESSION) || {};
  write(SESSION, {
    ends: Date.now() + said.expires_in * 1000,
    refresh: said.refresh_token || before.refresh,
    id: said.id_token || before.id,
  });
  keep(said.access_token);
}

let renewing = null; // one at a time: a refresh token serves once

renewBy(async () => {
  const session = read(SESSION);
  if (!session?.refresh || Date.now() < session.ends - EARLY) return;
  renewing ||= ask({ grant_type: "refresh_token", refresh_token: session.refresh }).finally(() => (renewing = null));
  await renewing.catch((error) => {
    if (!(error instanceof Refused) || error.status >= 500) return; // away: the token serves as long as it does
    sessionStorage.removeItem(SESSION);
    throw new Refused(401, { detail: "your session at the issuer has ended; sign in again" });
  });
});

// End the session here and at the issuer.
export async function signOut() {
  const session = read(SESSION);
  const server = await issuer().catch(() => null);
  sessionStorage.removeItem(SESSION);
  forget();
  if (!server?.end_session_endpoint) return;
  const asked = { client_id: server.client, post_logout_redirect_uri: home };
  if (session.id) asked.id_token_hint = session.id;
  location.assign(`${server.end_session_endpoint}?${new URLSearchParams(asked)}`);
}

// A token that somebody pastes is renewed by nobody.
export const endSession = () => sessionStorage.removeItem(SESSION);
