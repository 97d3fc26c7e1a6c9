// Calls the official JavaScript SDK as a test asks for it, one JSON object a line:
//   {"id": 1, "class": "XummSdk", "with": [key, secret], "call": "payload.get", "args": [uuid]}
// is answered by {"id": 1, "value": …} or {"id": 1, "error": "…"}. `setEndpoint` is the SDK's own.
//   node sdk_calls.mjs FOLDER ENDPOINT

import { createRequire } from "node:module";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [folder, endpoint] = process.argv.slice(2);
const sdk = createRequire(`${folder}/`)("xumm-sdk");

// The SDK writes a line for each socket; the answers must stay alone.
console.log = () => {};
const say = (values) => writeSync(1, JSON.stringify(values) + "\n");

const made = new Map();
function instance(name, given) {
  const key = JSON.stringify([name, given]);
  if (!made.has(key)) {
    const one = new sdk[name](...given);
    if (!one.setEndpoint(endpoint)) throw new Error("the endpoint was refused");
    made.set(key, one);
  }
  return made.get(key);
}

// Every method that a program may call, by its path below the SDK's object.
function methods(one) {
  const found = [];
  const add = (prefix, object) => {
    for (let kind = object; kind !== Object.prototype; kind = Object.getPrototypeOf(kind)) {
      for (const name of Object.getOwnPropertyNames(kind)) {
        const value = Object.getOwnPropertyDescriptor(kind, name).value;
        if (typeof value === "function" && name !== "constructor") found.push(prefix + name);
      }
    }
  };
  add("", one);
  for (const [name, part] of Object.entries(one)) {
    if (part && typeof part === "object" && part.constructor !== Object) add(`${name}.`, part);
  }
  return [...new Set(found)].sort();
}

// A subscription as a shop writes it: note everything, end at the message that has `signed`.
async function followed(part, call, payload) {
  const events = [];
  const subscription = await part[call](payload, (event) => {
    events.push(event.data);
    if ("expires_in_seconds" in event.data) {
      say({ live: event.uuid });
    }
    return "signed" in event.data ? event.data : undefined;
  });
  const resolved = await subscription.resolved;
  return {
    created: subscription.created,
    payload: subscription.payload,
    address: subscription.websocket.url,
    events,
    resolved,
  };
}

async function answer(asked) {
  const one = instance(asked.class, asked.with);
  if (asked.call === "methods") return methods(one);
  const path = asked.call.split(".");
  const name = path.pop();
  const part = path.reduce((object, key) => object[key], one);
  if (name === "subscribe" || name === "createAndSubscribe") {
    return followed(part, name, asked.args[0]);
  }
  return part[name](...asked.args);
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  answer(asked)
    .then((value) => say({ id: asked.id, value: value === undefined ? null : value }))
    .catch((error) => say({ id: asked.id, error: error.message }));
}
process.exit(0);
