'use strict';
// A worker that breaks the protocol: before it is welcomed as its argument says, afterwards as the name of the function says.
const fs = require('node:fs');
const net = require('node:net');
const { spawn } = require('node:child_process');

const mode = process.argv[2];
const { socket, token } = JSON.parse(fs.readFileSync(0, 'utf8'));
const stay = () => setInterval(() => {}, 1 << 30); // whatever the service closes

function frame(kind, callId, header, body = '') {
  const text = Buffer.from(JSON.stringify(header)), rest = Buffer.from(body, 'latin1');
  const start = Buffer.alloc(17);
  start.writeUInt32BE(13 + text.length + rest.length, 0);
  start.writeUInt8(kind, 4);
  start.writeBigUInt64BE(callId, 5);
  start.writeUInt32BE(text.length, 13);
  return Buffer.concat([start, text, rest]);
}

const starts = {
  exits() { console.error('cannot load my things'); process.exit(3); },
  silent: stay,
  version() { stay(); connect({ versions: [7] }); },
  token() { stay(); connect({ token: 'not-the-one' }); },
  garbage() { stay(); net.connect(socket).on('error', () => {}).write('GET / HTTP/1.1\r\n\r\n'); },
  long() { stay(); connect({ functions: Array(20000).fill('much.too.long') }); },
  serve() { connect({}).on('close', () => process.exit(0)); },
  printing() { fs.writeSync(1, Buffer.from([0xff, 0xfe, 10])); starts.serve(); },
  deaf() { process.on('SIGTERM', () => {}); stay(); connect({}); },
};

function connect(more) {
  const calls = net.connect(socket).on('error', () => {});
  calls.write(frame(1, 0n, { versions: [1], token, channel: 'call', ...more }));
  let bytes = Buffer.alloc(0);
  calls.on('data', (piece) => { // a frame comes in pieces, or with others
    bytes = Buffer.concat([bytes, piece]);
    while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
      const size = 4 + bytes.readUInt32BE(0);
      receive(calls, bytes.subarray(0, size));
      bytes = bytes.subarray(size);
    }
  });
  return calls;
}

function receive(calls, bytes) {
  if (bytes[4] !== 3) return; // welcome, bye: nothing is done about them
  const callId = bytes.readBigUInt64BE(5);
  const { func } = JSON.parse(bytes.toString('utf8', 17, 17 + bytes.readUInt32BE(13)));
  const body = bytes.toString('latin1', 17 + bytes.readUInt32BE(13));
  answers[func.split('.')[1]](calls, callId, (text, header = {}) => calls.write(frame(4, callId, header, text)), body);
}

const answers = {
  pid: (calls, id, result) => result(`${process.pid}`),
  garbage: (calls) => calls.write('GET / HTTP/1.1\r\n\r\n'),
  other_call: (calls, id) => calls.write(frame(4, id + 1n, {}, '42')),
  oversized: (calls) => calls.write(Buffer.from('7fffffff0400000000000000020000000000000000', 'hex')),
  header: (calls, id) => calls.write(Buffer.from('0000000f0400000000000000020000000200007b5d'.slice(0, 34) + '7b5d', 'hex')),
  no_json: (calls, id, result) => result('undefined'),
  two_texts: (calls, id, result) => result('1 2'),
  latin1: (calls, id, result) => result('"\xe9"'),
  nothing: (calls, id, result) => result(''),
  short: (calls, id, result) => result('[1]'),
  scalar: (calls, id, result) => result('1'),
  beyond: (calls, id, result) => result('[1,null]', { errors: [{ index: 2, problem: 'function-raised' }] }),
  chatter(calls, id) { // more than anybody can read
    const words = Buffer.concat(Array(1000).fill(frame(8, id, { done: 1 })));
    const say = () => calls.write(words, say);
    say();
  },
  problem: (calls, id) => calls.write(frame(5, id, { problem: 'tired' })),
  deep: (calls, id, result) => result('['.repeat(600) + ']'.repeat(600)),
  print(calls, id, result, body) { // a megabyte at a time: more than a log may hold, and than a pipe does
    const text = 'x'.repeat((1 << 20) - 1) + '\n';
    for (let left = JSON.parse(body).args[0]; left > 0; left--) fs.writeSync(1, text);
    result('null');
  },
  die(calls, id, result, body) { process.exit(JSON.parse(body).args[0]); },
  /** Its child holds the connection: it never ends by itself. */
  die_with_heir(calls, id, result, body) {
    const heir = spawn('sleep', ['1000'], { detached: true, stdio: ['ignore', calls, 'inherit'] });
    fs.writeFileSync(JSON.parse(body).args[0], `${heir.pid}\n`);
    process.exit(5);
  },
};

starts[mode]();
