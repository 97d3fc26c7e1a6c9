// Contender: the official JavaScript SDK under Node, installed by npm into a scratch folder.
// Its endpoint is set by its own setter; nothing else of it is touched.
//   node contender_javascript_sdk.mjs PORT COUNT FOLDER

import { createRequire } from "node:module";
import { writeFileSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const [port, count, folder] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const { XummSdk } = createRequire(`${folder}/`)("xumm-sdk");
const KINDS = 4;
const STEPS = { opened: 1, pre_signed: 2, dispatched: 3, signed: 4, expired: 4 };

// The SDK writes a line for each socket; the answers to the runner must stay alone.
console.log = () => {};
const say = (values) => writeSync(1, JSON.stringify(values) + "\n");
const now = () => process.hrtime.bigint();
const hex = (value, width) => value.toString(16).padStart(width, "0");
const uuidOf = (index) => `${hex(index, 8)}-bec4-4000-8000-${hex(index, 12)}`;

const taken = Array.from({ length: KINDS }, () => new BigInt64Array(count));
const number = new Array(KINDS).fill(0);
const steps = new Uint8Array(count);
const words = new Array(count).fill("waiting");

function take(index, data) {
  for (const word in STEPS) {
    if (data[word] !== undefined) {
      words[index] = data[word] ? word : "declined";
      const at = now();
      for (let kind = steps[index]; kind < STEPS[word]; kind++) {
        taken[kind][index] = at;
        number[kind]++;
      }
      steps[index] = Math.max(steps[index], STEPS[word]);
      return;
    }
  }
}

const sdk = new XummSdk(uuidOf(0), uuidOf(1));
sdk.setEndpoint?.(`http://127.0.0.1:${port}`);
sdk.Meta.setEndpoint(`http://127.0.0.1:${port}`);

async function dial() {
  let next = 0;
  const one = async () => {
    while (next < count) {
      const index = next++;
      await sdk.payload.subscribe(uuidOf(index), (event) => {
        take(index, event.data);
      });
    }
  };
  await Promise.all(Array.from({ length: 16 }, one));
}

let gaps = null;
let last = 0n;
function beat() {
  if (gaps === null) return;
  const at = now();
  gaps.push(Number(at - last) / 1e6);
  last = at;
  setTimeout(beat, 1);
}

function report() {
  if (gaps === null) return {};
  gaps.push(Number(now() - last) / 1e6);
  const late = gaps.map((gap) => Math.max(0, gap - 1)).sort((a, b) => a - b);
  gaps = null;
  return {
    p99_ms: late[Math.min(late.length - 1, Math.floor(0.99 * late.length))],
    longest_ms: late[late.length - 1],
  };
}

async function reached(kind, wanted, patience) {
  const until = Date.now() + patience * 1000;
  while (number[kind] < wanted && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 10));
  }
  return number[kind];
}

await sdk.ping();
say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  if (asked.do === "begin") {
    if (asked.heartbeat) {
      gaps = [];
      last = now();
      setTimeout(beat, 1);
    }
    say({});
  } else if (asked.do === "end") {
    say(report());
  } else if (asked.do === "dial") {
    say({ at: Number(now()) });
    dial();
  } else if (asked.do === "pages") {
    say({});
  } else if (asked.do === "reached") {
    say({ number: await reached(asked.kind, asked.number, asked.patience) });
  } else if (asked.do === "finish") {
    const empty = new BigInt64Array(count);
    const all = [...taken, ...taken.map(() => empty)].map((one) => Buffer.from(one.buffer));
    writeFileSync(asked.file, Buffer.concat(all));
    say({ ends: words });
  }
}
process.exit(0);
