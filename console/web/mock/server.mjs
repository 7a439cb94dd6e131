// SPDX-License-Identifier: Apache-2.0
// A stand-in for the console, for development only: the REST and SSE contract with made-up data, and the built page
// under the same strict CSP that the console sends. Sign in as analyst / analyst.
//   node mock/server.mjs [--port 5180] [--dist dist] [--incidents 420] [--every-ms 4000]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';
import { makeDetail, makeHosts, makeIncident } from './data.mjs';

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: '5180' },
    dist: { type: 'string', default: new URL('../dist', import.meta.url).pathname },
    incidents: { type: 'string', default: '420' },
    'every-ms': { type: 'string', default: '4000' },
  },
});

const csp = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

const started_ms = Date.now();
const initial = Number(options.incidents);
const incidents = Array.from({ length: initial }, (_, index) =>
  makeIncident(initial - index, started_ms - 20_000 - index * index * 900 - index * 47_000));
const streams = new Set();
let wrong_tries = 0;

function push(incident) {
  for (const stream of streams) stream.write(`event: incident\ndata: ${JSON.stringify(incident)}\n\n`);
}

// Alternates: a new incident, then a change of the newest.
let turn = 0;
if (Number(options['every-ms']) > 0) setInterval(() => {
  turn += 1;
  if (turn % 2 === 1) incidents.unshift(makeIncident((incidents[0]?.number ?? 0) + 1, Date.now()));
  else incidents[0] = { ...incidents[0], count: incidents[0].count + 3, last_ms: Date.now() };
  push(incidents[0]);
}, Number(options['every-ms']));
setInterval(() => streams.forEach((stream) => stream.write('event: ping\ndata: {}\n\n')), 15_000);

const json = (response, status, body, headers = {}) => {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
};
const refuse = (response, status, code, message, headers) => json(response, status, { error: { code, message } }, headers);

function listIncidents(query) {
  const q = (query.get('q') ?? '').toLowerCase();
  const matching = incidents.filter((incident) =>
    (!query.get('level') || incident.level === query.get('level')) &&
    (!query.get('verdict') || incident.verdict === query.get('verdict')) &&
    (!query.get('host') || incident.host.name === query.get('host') || incident.host.id === query.get('host')) &&
    (!q || JSON.stringify(incident).toLowerCase().includes(q)));
  const cursor = Number(query.get('cursor') ?? Infinity);
  const limit = Number(query.get('limit') ?? 50);
  const page = matching.filter((incident) => incident.number < cursor).slice(0, limit);
  const last = page.at(-1)?.number ?? 0;
  const has_more = matching.some((incident) => incident.number < last);
  return { incidents: page, next_cursor: has_more ? String(last) : null, total: matching.length };
}

async function signIn(request, response) {
  let body = '';
  for await (const chunk of request) body += chunk;
  const { username, password } = JSON.parse(body);
  if (wrong_tries >= 3) {
    wrong_tries = 0;
    return refuse(response, 429, 'too many tries', 'Too many tries.', { 'Retry-After': '30' });
  }
  if (username !== 'analyst' || password !== 'analyst') {
    wrong_tries += 1;
    return refuse(response, 401, 'unauthorized', 'The user name or the password is wrong.');
  }
  wrong_tries = 0;
  return json(response, 200, { username, role: 'analyst' }, { 'Set-Cookie': 'modelward_session=mock; HttpOnly; SameSite=Strict; Path=/' });
}

function api(request, response, url) {
  const is_signed_in = /modelward_session=mock/.test(request.headers.cookie ?? '');
  const route = `${request.method} ${url.pathname}`;
  if (request.method !== 'GET' && request.headers['x-requested-with'] !== 'modelward') {
    return refuse(response, 403, 'forbidden', 'The header X-Requested-With: modelward is missing.');
  }
  if (route === 'POST /api/v1/session') return signIn(request, response);
  if (!is_signed_in) return refuse(response, 401, 'unauthorized', 'Sign in first.');
  if (route === 'GET /api/v1/session') return json(response, 200, { username: 'analyst', role: 'analyst' });
  if (route === 'DELETE /api/v1/session') {
    return json(response, 204, undefined, { 'Set-Cookie': 'modelward_session=; Max-Age=0; Path=/' });
  }
  if (route === 'GET /api/v1/incidents') return json(response, 200, listIncidents(url.searchParams));
  if (route === 'GET /api/v1/hosts') return json(response, 200, { hosts: makeHosts(Date.now()) });
  if (route === 'GET /api/v1/stream') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write('event: ping\ndata: {}\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
    return undefined;
  }
  const id = /^GET \/api\/v1\/incidents\/(INC-\d+)$/.exec(route)?.[1];
  const found = incidents.find((incident) => incident.id === id);
  if (found) return json(response, 200, makeDetail(found));
  return refuse(response, 404, 'not found', id ? `There is no incident ${id}.` : 'There is no such call.');
}

createServer((request, response) => {
  const url = new URL(request.url, 'http://mock');
  if (url.pathname.startsWith('/api/')) return void api(request, response, url);
  const asked = join(options.dist, normalize(url.pathname));
  const file = existsSync(asked) && statSync(asked).isFile() ? asked : join(options.dist, 'index.html');
  response.writeHead(200, {
    'Content-Type': types[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': csp,
    'X-Content-Type-Options': 'nosniff',
  });
  createReadStream(file).pipe(response);
}).listen(Number(options.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${options.port} (analyst / analyst), serving ${options.dist}`);
});
