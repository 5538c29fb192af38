/** What the SDK is. */

/** Version of the package; a test holds it against package.json. */
export const VERSION = "0.1.0";

/** What it runs on, like `node 20.20.2`. */
export const RUNTIME = `node ${process.versions.node}`;
