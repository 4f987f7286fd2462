// Tells the page that is still open that somebody has signed in again, and closes this little window.
new BroadcastChannel("docassay-session").postMessage("signed in");
window.close();
