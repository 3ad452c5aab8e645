// SPDX-License-Identifier: LGPL-2.1-or-later
// Node.js as Zoom's samples use it: ws, JSON.parse, Buffer.from.
'use strict';

const fs = require('fs');
const WebSocket = require('ws');

const options = {};
for (let i = 2; i < process.argv.length; i++) {
  const name = process.argv[i].slice(2);
  options[name] = ['crc', 'deflate'].includes(name) ? true
      : process.argv[++i];
}
const meetings = Number(options.meetings || 1);
const ca = options.ca ? fs.readFileSync(options.ca) : undefined;

const STEP_NS = 2000;
const delays = new Uint32Array(100000);
let messages = 0, bytes = 0, crcSum = 0n, closed = 0;
let begin = 0, counted = 0;

const table = new Uint32Array(256);
for (let i = 0; i < 256; i++) {
  let c = i;
  for (let k = 0; k < 8; k++)
    c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  table[i] = c >>> 0;
}

function crc32(buffer) {
  let c = 0xffffffff;
  for (const byte of buffer)
    c = table[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function tally(payload) {
  const offset = payload.readUInt32BE(0) === 1 ? 30 : 0;
  // The lower 52 bits, which a number holds exactly: 52 days.
  const stamp = parseInt(payload.latin1Slice(offset + 5, offset + 18), 16);
  const now = Number(process.hrtime.bigint() & 0xfffffffffffffn);
  if (begin === 0)
    begin = now + Number(options['warm-up'] || 0) * 1e9;
  if (now >= begin) {
    const step = Math.floor((now - stamp) / STEP_NS);
    delays[Math.min(Math.max(step, 0), delays.length - 1)]++;
    counted++;
  }
  messages++;
  bytes += payload.length;
  if (options.crc)
    crcSum += BigInt(crc32(payload));
}

function percentile(part) {
  let seen = 0, i = 0;
  for (; i < delays.length - 1; i++) {
    seen += delays[i];
    if (seen > counted * part)
      break;
  }
  return (i + 0.5) * STEP_NS / 1e6;
}

for (let i = 0; i < meetings; i++) {
  const socket = new WebSocket(`${options.url}/stream/${i}`,
      { ca, perMessageDeflate: !!options.deflate,
        maxPayload: 16 * 1024 * 1024 });
  socket.on('message', (data) => {
    const message = JSON.parse(data);
    tally(Buffer.from(message.content.data, 'base64'));
  });
  socket.on('error', (error) => { throw error; });
  socket.on('close', () => {
    if (++closed < meetings)
      return;
    console.log(JSON.stringify({ messages, bytes, crc: 0,
        p50: percentile(0.5), p99: percentile(0.99),
        p999: percentile(0.999) }).replace('"crc":0', `"crc":${crcSum}`));
  });
}
