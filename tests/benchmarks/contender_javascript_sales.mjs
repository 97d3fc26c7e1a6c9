// Contender: the official JavaScript SDK with `xrpl` and `verify-xrpl-signature`, as a shop would
// write it: each sale that is signed is read, its blob checked, its transaction looked up on the
// ledger, and what was paid appended to a file, in groups that are flushed to the disk.
//   node contender_javascript_sales.mjs PORT COUNT FOLDER NODE FILE

import { createRequire } from "node:module";
import { closeSync, fsyncSync, openSync, writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [port, count, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const [node, file] = process.argv.slice(5);
const need = createRequire(`${folder}/`);
const { XummSdk } = need("xumm-sdk");
const { verifySignature } = need("verify-xrpl-signature");
const xrpl = need("xrpl");
const KINDS = 4;
const END = 3;
const SHOP = "rrrrrrrrrrrrrrrrrrrrrhoLvTp";

// The SDK writes a line for each socket; the answers to the runner must stay alone.
console.log = () => {};
const say = (values) => writeSync(1, JSON.stringify(values) + "\n");
const hex = (value, width) => value.toString(16).padStart(width, "0");
const uuidOf = (index) => `${hex(index, 8)}-bec4-4000-8000-${hex(index, 12)}`;

const taken = Array.from({ length: KINDS }, () => new BigInt64Array(count));
const words = new Array(count).fill("waiting");
const broken = [];
let paid = 0;
// What the libraries leave unhandled is a loss of theirs, and must not end the measurement.
process.on("unhandledRejection", (error) => broken.push(String(error?.message ?? error)));
process.on("uncaughtException", (error) => broken.push(String(error.message)));

const sdk = new XummSdk(uuidOf(0), uuidOf(1));
sdk.setEndpoint?.(`http://127.0.0.1:${port}`);
sdk.Meta.setEndpoint(`http://127.0.0.1:${port}`);
const ledger = new xrpl.Client(node, { timeout: 60_000 });
await ledger.connect();

async function check(index) {
  const asked = { amount: String(1_000_000 + index), tag: index };
  const payload = await sdk.payload.get(uuidOf(index));
  const { hex: blob, txid, account } = payload.response;
  const signature = verifySignature(blob);
  const tx = xrpl.decode(blob);
  if (!signature.signatureValid || signature.signedBy !== account) return "signature";
  if (xrpl.hashes.hashSignedTx(blob) !== txid || xrpl.encode(tx) !== blob) return "blob";
  if (tx.Destination !== SHOP || tx.DestinationTag !== asked.tag) return "destination";
  if (tx.Amount !== asked.amount) return "amount";
  for (;;) {
    const { result } = await ledger.request({ command: "tx", transaction: txid });
    if (result.validated) {
      const whole = result.meta.delivered_amount === asked.amount;
      return whole && result.meta.TransactionResult === "tesSUCCESS" ? "paid" : "check";
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

let waiting = [];
const out = openSync(file, "w");
function flush() {
  const group = waiting;
  waiting = [];
  writeSync(out, group.map((one) => JSON.stringify(one) + "\n").join(""));
  fsyncSync(out);
  const at = process.hrtime.bigint();
  for (const { index, word } of group) {
    words[index] = word;
    for (let kind = 0; kind < KINDS; kind++) taken[kind][index] = at;
    paid++;
  }
}

function resolve(index) {
  check(index)
    .then((word) => {
      waiting.push({ index, word });
      if (waiting.length === 1) setImmediate(flush);
    })
    .catch((error) => broken.push(String(error.message)));
}

async function dial() {
  let next = 0;
  const one = async () => {
    while (next < count) {
      const index = next++;
      await sdk.payload.subscribe(uuidOf(index), (event) => {
        if (event.data.signed) resolve(index);
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
}

let gaps = null;
let last = 0n;
function beat() {
  if (gaps === null) return;
  const at = process.hrtime.bigint();
  gaps.push(Number(at - last) / 1e6);
  last = at;
  setTimeout(beat, 1);
}

await sdk.ping();
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.do === "begin") {
    if (asked.heartbeat) {
      gaps = [];
      last = process.hrtime.bigint();
      setTimeout(beat, 1);
    }
    say({});
  } else if (asked.do === "end") {
    say(gaps === null ? {} : { longest_ms: Math.max(...gaps) - 1 });
    gaps = null;
  } else if (asked.do === "dial") {
    say({ at: Number(process.hrtime.bigint()) });
    dial();
  } else if (asked.do === "reached") {
    const until = Date.now() + asked.patience * 1000;
    while (paid < asked.number && Date.now() < until) {
      await new Promise((done) => setTimeout(done, 10));
    }
    say({ number: paid });
  } else if (asked.do === "finish") {
    const empty = new BigInt64Array(count);
    const all = [...taken, ...taken.map(() => empty)].map((one) => Buffer.from(one.buffer));
    writeFileSync(asked.file, Buffer.concat(all));
    say({ ends: words, broken: [...new Set(broken)] });
  }
}
closeSync(out);
process.exit(0);
