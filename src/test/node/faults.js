'use strict';
// The functions of src/test/functions/faults.py as far as the contract suite calls them.
const fs = require('node:fs');
const { spawn } = require('node:child_process');

const hoard = [];
const pause = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));
const forEver = () => new Promise(() => setInterval(() => {}, 1 << 30));

async function until(condition, value) {
  while (!condition()) await pause(5);
  return value;
}

function crash(how) {
  console.log(`crash by ${how}`);
  const signal = { kill: 'SIGKILL', segfault: 'SIGSEGV', abort: 'SIGABRT' }[how];
  if (!signal) process.exit(Number(how));
  process.kill(process.pid, signal);
  return forEver();
}

Object.assign(exports, {
  crash,
  crash_if: (item, bad, how) => (item === bad ? crash(how) : item),
  record(path, item = null) { fs.appendFileSync(path, `${item}\n`); return item; },
  wait_for: (path) => until(() => fs.existsSync(path), process.pid),
  begin_for_ever(path) { exports.record(path, process.pid); return forEver(); },
  speak(text) { console.log(text); console.error(text); return process.pid; },
  keep_memory(count) { hoard.push(Buffer.alloc(count, 1)); return process.pid; },
  keep_memory_and_wait(count) { console.log('holding', exports.keep_memory(count)); return forEver(); },

  /** A process in a session of its own, deaf to SIGTERM, with our output open; left behind by a return or a crash. */
  async leave_daemon(path, how) {
    const script = 'trap "" TERM; echo $$ >> "$0"; while :; do sleep 60; done';
    spawn('sh', ['-c', script, path], { detached: true, stdio: 'inherit' }).unref();
    await until(() => fs.existsSync(path) && fs.statSync(path).size > 0);
    return how === 'return' ? process.pid : crash(how);
  },
});
