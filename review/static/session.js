// Requests that outlive their session: when one is refused because nobody is signed in any more, a dialog offers to
// sign in again in a little window, and the same request is then sent anew. The page keeps everything that was typed.

const SMALL_WINDOW = "popup,width=460,height=640";

/** The token that goes along with every write. */
export function token() {
  return document.querySelector('meta[name="docassay-token"]').content;
}

/**
 * Fetches from our own server; `body` is sent as JSON, a file as its bytes. Signs in again where need be, and repeats the request.
 * @param {string} method
 * @param {string} address
 * @param {unknown} [body]
 * @returns {Promise<Response>} any answer but "nobody is signed in"; rejects when the server cannot be reached
 */
export async function send(method, address, body) {
  for (;;) {
    const headers = {"X-Docassay-Token": token(), Accept: "application/json"};
    const bytes = body instanceof Blob;
    if (body !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
    const answer = await fetch(address, {
      method, headers, credentials: "same-origin", body: body === undefined || bytes ? body : JSON.stringify(body),
    });
    if (answer.status !== 401 && !(await formExpired(answer))) return answer;
    if (answer.status === 401) await signInAgain();
    if (!(await renewToken())) await signInAgain();
  }
}

/** Asks for the token of the present session; false when nobody is signed in. */
export async function renewToken() {
  const answer = await fetch("/session", {headers: {Accept: "application/json"}, credentials: "same-origin"});
  if (!answer.ok) return false;
  const fresh = (await answer.json()).token;
  document.querySelector('meta[name="docassay-token"]').content = fresh;
  for (const field of document.querySelectorAll('input[name="token"]')) field.value = fresh;
  return true;
}

/** Resolves once somebody has signed in again, whoever asked for it; the dialog is shown once. */
export function signInAgain() {
  asking ??= askToSignIn().finally(() => { asking = null; });
  return asking;
}

let asking = null;

async function formExpired(answer) {
  if (answer.status !== 403) return false;
  try {
    return (await answer.clone().json()).code === "form_expired";
  } catch {
    return false;
  }
}

function askToSignIn() {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", "sign-in-again");
    const title = document.createElement("h2");
    title.id = "sign-in-again";
    title.textContent = "Sign in again";
    const text = document.createElement("p");
    text.textContent = "You were not active for too long. What you typed is kept and is saved once you are signed in.";
    const button = document.createElement("button");
    button.className = "main";
    button.textContent = "Sign in";
    button.addEventListener("click", () => window.open("/sign-in?small=1", "docassay-sign-in", SMALL_WINDOW));
    dialog.append(title, text, button);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    const channel = new BroadcastChannel("docassay-session");
    channel.onmessage = async () => {
      if (!(await renewToken())) return;
      channel.close();
      dialog.close();
      dialog.remove();
      resolve();
    };
  });
}
