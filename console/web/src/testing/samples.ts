// SPDX-License-Identifier: Apache-2.0
// Incidents and hosts for tests, complete and plain; a test names only what it is about.
import type { Host, Incident, IncidentDetail, IncidentPage } from '../api/types';

export function anIncident(number: number, changes: Partial<Incident> = {}): Incident {
  return {
    id: `INC-${String(number).padStart(6, '0')}`,
    number,
    title: 'Restricted weights to removable media',
    rule_id: 'core-removable-media',
    level: 'high',
    verdict: 'block',
    status: 'new',
    host: { id: 'host-12', name: 'ws-12' },
    user: { id: 1001, name: 'alice', login_name: 'alice' },
    process: { pid: 4711, name: 'cp', executable: '/usr/bin/cp', args: ['cp', 'model.safetensors', '/media/usb'] },
    artifact: { id: 'a1', name: 'Llama-7B', kind: 'weights', class: 'restricted', label: 'confirmed' },
    sink: {
      kind: 'removable',
      device: { vendor: 'SanDisk', product: 'Ultra', serial: '4C53', node: 'sdb1' },
      destination: null,
    },
    operation: 'open-write',
    path: '/media/usb/model.safetensors',
    bytes_requested: 4096,
    bytes_out: 0,
    budget_bytes: 0,
    count: 1,
    first_ms: 1_700_000_000_000,
    last_ms: 1_700_000_000_000,
    received_ms: 1_700_000_000_400,
    ...changes,
  };
}

export function aDetail(incident: Incident): IncidentDetail {
  return {
    ...incident,
    message: 'This model may not leave this machine.',
    bundle_version: 17,
    ancestors: [
      { pid: 300, name: 'bash', executable: '/usr/bin/bash', args: ['-bash'] },
      { pid: 1, name: 'systemd', executable: '/sbin/init', args: ['/sbin/init'] },
    ],
    artifacts: incident.artifact ? [incident.artifact] : [],
    events: [{ sequence: 9, time_ms: incident.first_ms, operation: 'open-write', path: incident.path, bytes_requested: 0, count: 1 }],
  };
}

export function aPage(incidents: Incident[], next_cursor: string | null = null, total = incidents.length): IncidentPage {
  return { incidents, next_cursor, total };
}

export function aHost(changes: Partial<Host> = {}): Host {
  return {
    id: 'host-12', name: 'ws-12', last_seen_ms: 1_700_000_000_000, online: true, revoked: false, certificate_days_left: 300, sensor: 'lsm', kernel: '6.1.0',
    agent_version: '0.1.0', bundle_version: 17, bundle_error: '', blind_spots: [], counters: {}, ...changes,
  };
}
