// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Incident } from '../api/types';
import { anIncident } from '../testing/samples';
import { describeSink, summarize } from './summary';

const sentence = (changes: Partial<Incident>) => summarize(anIncident(1, changes)).map((phrase) => phrase.text).join('');
const network: Incident['sink'] = { kind: 'network', device: null, destination: { ip: '2001:db8::9', domain: '', port: 443, transport: 'tcp' } };

describe('the summary', () => {
  it('says who, where, what, how much of which artifact, and to where', () =>
    expect(sentence({})).toBe(
      'alice on ws-12 ran cp model.safetensors /media/usb. ' +
        '0 bytes of Llama-7B (restricted weights) reached USB stick SanDisk Ultra (4C53): it was refused.'));
  it('tells what got out before the refusal', () =>
    expect(sentence({ sink: network, bytes_out: 65_536 })).toMatch(
      /64 KiB of Llama-7B \(restricted weights\) were sent to \[2001:db8::9\]:443\/tcp; the rest was refused\.$/));
  it('does not claim a refusal for an alert', () =>
    expect(sentence({ verdict: 'alert', bytes_out: 2048 })).toMatch(/2 KiB .* Nothing was refused: this rule only alerts\.$/));
  it('says that a process was ended', () => {
    expect(sentence({ verdict: 'kill' })).toMatch(/: it was refused, and the process was ended\.$/);
    expect(sentence({ verdict: 'kill', sink: network, bytes_out: 2048 })).toMatch(/; the rest was refused, and the process was ended\.$/);
  });
  it('says that a send was slowed down', () =>
    expect(sentence({ verdict: 'throttle', sink: network, bytes_out: 0 })).toMatch(/; what went beyond the rate was refused for the moment\.$/));
  it('names the class where no artifact is known', () =>
    expect(sentence({ artifact: { id: '', name: '', kind: '', class: 'restricted', label: 'derived' } })).toContain(
      '0 bytes of an artifact of class restricted reached'));
  it('tells a read from a leak', () =>
    expect(sentence({ verdict: 'alert', sink: { kind: 'read', device: null, destination: null } })).toMatch(
      /It read Llama-7B \(restricted weights\)\. Nothing was refused/));
  it('names the person behind another account', () =>
    expect(sentence({ user: { id: 0, name: 'root', login_name: 'alice' } })).toMatch(/^root \(signed in as alice\) on ws-12/));
  it('copes with facts that the host did not know', () =>
    expect(sentence({
      artifact: null,
      user: { id: 77, name: '', login_name: '' },
      process: { pid: 1, name: 'x', executable: '', args: [] },
      sink: { kind: 'removable', device: null, destination: null },
    })).toBe('uid 77 on ws-12 ran x. 0 bytes of a classified artifact reached USB stick of unknown make: it was refused.'));
  it('cuts a command that would fill the panel', () =>
    expect(sentence({ process: { pid: 1, name: 'x', executable: '/x', args: ['y'.repeat(500)] } })).toMatch(/y{119}…/));
});

it('an IPv4 destination needs no brackets', () =>
  expect(describeSink({ kind: 'network', device: null, destination: { ip: '203.0.113.7', domain: '', port: 80, transport: 'tcp' } })).toBe(
    '203.0.113.7:80/tcp'));

it('a destination with a name keeps its address', () =>
  expect(
    describeSink({ kind: 'network', device: null, destination: { ip: '203.0.113.7', domain: 'files.example.com', port: 443, transport: 'tcp' } }),
  ).toBe('files.example.com (203.0.113.7:443/tcp)'));
