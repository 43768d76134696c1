'use strict';
// A Procpool worker in plain Node.js: docs/protocol.md, "A worker in any language".
// Started as: node worker.js <module.js>… ; what a module exports can be called as <module>.<name>.
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');

const HELLO = 1, WELCOME = 2, CALL = 3, RESULT = 4, ERROR = 5, ANSWER = 7, PROGRESS = 8, CANCEL = 9, BYE = 10;
const FIXED = 13; // kind, call id and header length: what the length of a frame counts besides header and body
const TELL_EVERY = 50; // milliseconds between two frames of progress
const LONG_LIST = 512 << 10; // a longer list of errors follows the value: a header ends at 1 MiB

class Refusal extends Error { // what is not the function's own error
  constructor(problem, message) { super(message); this.problem = problem; }
}

class ItemFailed extends Error {
  constructor(index, cause) { super('an item failed', { cause }); this.index = index; }
}

const modules = Object.fromEntries(process.argv.slice(2).map((file) => [path.basename(file, '.js'), require(path.resolve(file))]));
const functions = Object.entries(modules).flatMap(([name, found]) => Object.keys(found).map((key) => `${name}.${key}`));
const { socket, token } = JSON.parse(fs.readFileSync(0, 'utf8'));
const common = { versions: [1], token, pid: process.pid };
let maxBody = 64 << 20;

function frame(kind, callId, header, body = Buffer.alloc(0)) {
  const text = Buffer.from(JSON.stringify(header));
  const start = Buffer.alloc(4 + FIXED);
  start.writeUInt32BE(FIXED + text.length + body.length, 0);
  start.writeUInt8(kind, 4);
  start.writeBigUInt64BE(callId, 5);
  start.writeUInt32BE(text.length, 13);
  return Buffer.concat([start, text, body]);
}

// The service is gone, or wants no more of us.
const end = () => process.exit(0);

// What is printed goes to the service, from here on. A result is sent when all of it has been handed to the kernel.
const output = net.connect(socket).on('error', end);
output.write(frame(HELLO, 0n, { ...common, channel: 'output' }));
let printed = Promise.resolve();
for (const stream of [process.stdout, process.stderr]) {
  stream.write = (text, encoding, done) => {
    const callback = typeof encoding === 'function' ? encoding : done;
    printed = new Promise((written) => output.write(text, typeof encoding === 'string' ? encoding : 'utf8', written));
    if (callback) printed.then(callback);
    return true;
  };
}

const calls = net.connect(socket).on('error', end).on('close', end);
const send = (...parts) => calls.write(frame(...parts));
send(HELLO, 0n, { ...common, channel: 'call', output: true, functions, runtime: 'node', runtime_version: process.versions.node });

let pieces = [], received = 0, needed = 4;
calls.on('data', (piece) => {
  pieces.push(piece);
  received += piece.length;
  while (received >= needed) { // joined only when a frame is whole: it may come in a thousand pieces
    const bytes = Buffer.concat(pieces);
    const size = 4 + bytes.readUInt32BE(0);
    if (received >= size) handle(bytes.subarray(0, size));
    const rest = received >= size ? bytes.subarray(size) : bytes;
    [pieces, received] = [[rest], rest.length];
    needed = rest.length >= 4 ? 4 + rest.readUInt32BE(0) : 4;
  }
});

function handle(bytes) {
  const [kind, callId, headerEnd] = [bytes.readUInt8(4), bytes.readBigUInt64BE(5), 4 + FIXED + bytes.readUInt32BE(13)];
  const header = JSON.parse(bytes.toString('utf8', 4 + FIXED, headerEnd) || '{}');
  if (kind === WELCOME) maxBody = header.max_body ?? maxBody;
  else if (kind === CALL) answer(callId, header, JSON.parse(bytes.toString('utf8', headerEnd)));
  else if (kind === BYE) end();
  else if (kind === ERROR && header.problem === 'version') throw new Error(header.message);
  else if (![ERROR, ANSWER, CANCEL].includes(kind)) send(ERROR, callId, { problem: 'unknown-kind', message: `kind ${kind}` });
}

// What a function is called with as `this`: which attempt at which task it is, and a way to say how far it is.
function runOf(callId, { job, task, attempt }) {
  let told = -Infinity, unsaid = null, over = false;
  const tell = (said) => {
    [told, unsaid] = [performance.now(), null];
    send(PROGRESS, callId, said);
  };
  return {
    job, task, attempt,
    progress(done, total, note) {
      if (over) return;
      unsaid = { done, total, note: note === undefined ? note : String(note).slice(0, 1000) };
      if (performance.now() - told >= TELL_EVERY) tell(unsaid);
    },
    end() { // before the answer: what was said last is not lost
      if (unsaid) tell(unsaid);
      over = true;
    },
  };
}

async function answer(callId, header, body) {
  const { verb, func, errors: wanted } = header;
  const current = runOf(callId, header);
  const before = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(before);
    return { cpu_seconds: (user + system) / 1e6, peak_rss: process.resourceUsage().maxRSS * 1024 };
  };
  try {
    const [text, errors] = await perform(verb, func, wanted, body, current);
    const value = Buffer.from(text);
    const list = Buffer.from(errors.length ? JSON.stringify(errors) : '');
    const behind = list.length > LONG_LIST;
    const size = value.length + (behind ? list.length : 0);
    if (size > maxBody) throw new Refusal('result-too-large', `the value and its errors have ${size} bytes`);
    await printed;
    current.end();
    if (behind) send(RESULT, callId, { ...used(), value_length: value.length }, Buffer.concat([value, list]));
    else send(RESULT, callId, list.length ? { ...used(), errors } : used(), value);
  } catch (failure) {
    await printed;
    current.end();
    send(ERROR, callId, { ...describe(failure), ...used() });
  }
}

// The text of the value, and what failed of a map that collects errors.
async function perform(verb, func, wanted, body, current) {
  const target = find(func).bind(current);
  const { args = [], kwds = {} } = body;
  if (verb === 'apply') return [toJson(await run(target, args, kwds)), []];
  if (verb === 'initialize') return [await run(target, args, kwds).then(() => 'null'), []];
  if (verb !== 'map' && verb !== 'starmap') throw new Refusal('unknown-kind', `verb ${verb}`);
  const values = [], errors = [];
  for (const [index, item] of body.entries()) {
    try {
      if (verb === 'starmap' && !Array.isArray(item)) throw new Refusal('arguments-do-not-fit', 'an item of starmap is a list of arguments');
      values.push(toJson(await run(target, verb === 'map' ? [item] : item)));
    } catch (failure) {
      if (wanted !== 'collect') throw new ItemFailed(index, failure);
      values.push('null');
      errors.push({ index, ...describe(failure) });
    }
  }
  return [`[${values.join()}]`, errors];
}

function find(func) {
  const dot = func.lastIndexOf('.');
  const found = Object.hasOwn(modules, func.slice(0, dot)) ? modules[func.slice(0, dot)] : {};
  if (!Object.hasOwn(found, func.slice(dot + 1))) throw new Refusal('function-unknown', `there is no ${func}`);
  return found[func.slice(dot + 1)];
}

async function run(target, args, kwds = {}) {
  if (Object.keys(kwds).length) throw new Refusal('arguments-do-not-fit', 'functions of JavaScript have no named arguments');
  if (args.length < target.length) throw new Refusal('arguments-do-not-fit', `it takes ${target.length} arguments, not ${args.length}`);
  return target(...args);
}

function toJson(value) {
  try {
    return JSON.stringify(value === undefined ? null : value, (key, inner) => {
      if (typeof inner === 'number' && !Number.isFinite(inner)) throw new TypeError(`${inner} has no JSON form`);
      if (typeof inner === 'string' && !inner.isWellFormed()) throw new TypeError('a text has half of a surrogate pair');
      if (typeof inner === 'function' || typeof inner === 'symbol') throw new TypeError(`a ${typeof inner} has no JSON form`);
      return inner;
    });
  } catch (failure) { // also of a BigInt, and of an object that holds itself
    throw new Refusal('not-serializable', failure.message);
  }
}

function describe(failure) {
  if (failure instanceof ItemFailed) return { ...describe(failure.cause), index: failure.index };
  if (failure instanceof Refusal) return { problem: failure.problem, message: failure.message };
  const type = failure?.name ?? typeof failure, message = String(failure?.message ?? failure);
  return { problem: 'function-raised', message: message.slice(0, 16000), exception: { type, message, traceback: String(failure?.stack ?? message) } };
}
