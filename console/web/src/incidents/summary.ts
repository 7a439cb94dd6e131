// SPDX-License-Identifier: Apache-2.0
// An incident in plain words: who ran what, and how much of which artifact went where.
import type { ArtifactRef, Incident, Sink, Verdict } from '../api/types';
import { formatBytes, formatCommand } from '../ui/format';

/** A piece of a sentence. Strong pieces are the facts; code pieces are verbatim from the host. */
export interface Phrase {
  text: string;
  style?: 'strong' | 'code';
}

const longest_command = 120;

const ends: Record<Verdict, string> = {
  alert: '. Nothing was refused: this rule only alerts.',
  throttle: '; what went beyond the rate was refused for the moment.',
  block: '; the rest was refused.',
  kill: '; the rest was refused, and the process was ended.',
};

export function summarize(incident: Incident): Phrase[] {
  const command = formatCommand(incident.process.args) || incident.process.executable || incident.process.name;
  const did: Phrase[] = [
    { text: userName(incident), style: 'strong' },
    { text: ' on ' },
    { text: incident.host.name, style: 'strong' },
    { text: ' ran ' },
    { text: shorten(command, longest_command), style: 'code' },
    { text: '. ' },
  ];
  return [...did, ...outcome(incident)];
}

function outcome(incident: Incident): Phrase[] {
  const artifact = nameArtifact(incident.artifact);
  const killed = incident.verdict === 'kill' ? ', and the process was ended' : '';
  const nothing_got_out = incident.bytes_out === 0 && (incident.verdict === 'block' || incident.verdict === 'kill');
  if (incident.sink === null || incident.sink.kind === 'read') {
    const verb = incident.verdict === 'alert' ? 'It read ' : 'Reading ';
    const end = incident.verdict === 'alert' ? ends.alert : ` was refused${killed}.`;
    return [{ text: verb }, ...artifact, { text: end }];
  }
  return [
    { text: incident.bytes_out === 0 ? '0 bytes' : formatBytes(incident.bytes_out), style: 'strong' },
    { text: ' of ' },
    ...artifact,
    { text: incident.sink.kind === 'network' || incident.sink.kind === 'bluetooth' ? ' were sent to ' : ' reached ' },
    { text: describeSink(incident.sink), style: 'strong' },
    { text: nothing_got_out ? `: it was refused${killed}.` : ends[incident.verdict] },
  ];
}

function nameArtifact(artifact: ArtifactRef | null): Phrase[] {
  if (artifact === null) return [{ text: 'a classified artifact' }];
  // Of a label that has lost its artifact only the class is known.
  if (artifact.name === '') return [{ text: `an artifact of class ${artifact.class}` }];
  return [{ text: artifact.name, style: 'strong' }, { text: ` (${describeArtifact(artifact)})` }];
}

export function describeArtifact(artifact: ArtifactRef): string {
  return `${artifact.class} ${artifact.kind.replaceAll('-', ' ')}`;
}

/** "USB stick SanDisk Ultra (4C53…)", "203.0.113.7:443/tcp". */
export function describeSink(sink: Sink | null): string {
  if (sink?.kind === 'removable') {
    const name = deviceName(sink) || 'of unknown make';
    const serial = sink.device?.serial ?? '';
    return `USB stick ${name}${serial ? ` (${serial})` : ''}`;
  }
  if (sink?.kind === 'network') return sink.destination ? describeDestination(sink.destination) : 'the network';
  if (sink?.kind === 'network-filesystem') {
    return sink.destination && sink.destination.ip !== '::' ? `the file server ${sink.destination.ip}` : 'a network file system';
  }
  if (sink?.kind === 'bluetooth') return 'a Bluetooth device';
  if (sink?.kind === 'device') return sink.device?.node ? `the device /dev/${sink.device.node}` : 'a device';
  return 'no sink: read on the host';
}

export const sink_names: Record<Sink['kind'], string> = {
  removable: 'Removable media (USB)',
  network: 'Network',
  'network-filesystem': 'Network file system',
  bluetooth: 'Bluetooth',
  device: 'Device',
  read: 'Read on the host',
};

// The name is what the sender or DNS said; the address is where the bytes went.
export function describeDestination({ ip, domain, port, transport }: NonNullable<Sink['destination']>): string {
  if (domain) return `${domain} (${describeDestination({ ip, domain: '', port, transport })})`;
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}/${transport}`;
}

export function deviceName(sink: Sink): string {
  return [sink.device?.vendor, sink.device?.product].filter(Boolean).join(' ').trim();
}

/** The account that acted, and the person behind it where sudo or su put another name in front. */
export function userName({ user }: Incident): string {
  const name = user.name || `uid ${user.id}`;
  return user.login_name && user.login_name !== user.name ? `${name} (signed in as ${user.login_name})` : name;
}

function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
