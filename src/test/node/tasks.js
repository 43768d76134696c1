'use strict';
// The functions of src/test/functions/tasks.py as far as JavaScript has them.
const fs = require('node:fs');
const { spawn } = require('node:child_process');

const hoard = [];
const forEver = () => new Promise(() => setInterval(() => {}, 1 << 30));

Object.assign(exports, {
  add: (a, b = 1) => a + b,
  echo: (value = null) => value,
  pid: () => process.pid,
  nap: (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000, seconds)),
  say(text, value = null) { console.log(text); return value; },
  fail(message = 'no') { throw new RangeError(message); },
  fail_if_odd(n) { if (n % 2) throw new RangeError(`odd: ${n}`); return n; },
  exit_now(code) { process.exit(code); },
  leave(code) { process.exit(code); },
  kill_me(number = 9) { process.kill(process.pid, number); return forEver(); },
  spin() { for (;;); },
  begin_to_spin(path) { exports.append(path, process.pid); for (;;); },
  spin_deaf() { process.on('SIGTERM', () => {}); return forEver(); },
  append(path, text) { fs.appendFileSync(path, `${text}\n`); return null; },
  start_in(path) { console.log('Starting', process.pid); exports.append(path, `init ${process.pid}`); },
  run_in(path, item = null) { exports.append(path, `run ${process.pid} ${item ?? 'None'}`); return process.pid; },
  broken_initializer(message = 'cannot begin') { throw new Error(message); },

  whoami() { return [this.job, this.task, this.attempt]; },
  tell(...said) { for (const args of said) this.progress(...args); return said.length; },
  async tell_and_hang() { this.progress(1, 2, 'halfway'); return forEver(); },

  // Without a counterpart there:
  keep_memory(count) { hoard.push(Buffer.alloc(count, 1)); return process.pid; },
  not_a_number: () => NaN,
  circle() { const self = {}; self.self = self; return self; },
  big_integer: () => 2n ** 70n,
  nothing() {},
  throw_text() { throw 'just text'; }, // eslint-disable-line no-throw-literal
  text: (count) => 'x'.repeat(count),
  environment: (name) => process.env[name] ?? null,

  /** Starts processes that outlive the call: one in the worker's group, one in a session of its own. */
  leave_children: () => [false, true].map((detached) => {
    const child = spawn('sleep', ['1000'], { detached, stdio: 'inherit' });
    child.unref();
    return child.pid;
  }),
});
