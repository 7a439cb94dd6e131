// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeEventSource, fakeConsole } from '../testing/console';
import { anIncident } from '../testing/samples';
import { IncidentStream, type StreamState } from './stream';

const states: StreamState['kind'][] = [];
const heard: string[] = [];
let opened = 0;
let refused = 0;
let stream: IncidentStream;
const source = () => FakeEventSource.latest as FakeEventSource;

beforeEach(() => {
  vi.useFakeTimers();
  fakeConsole({});
  states.length = heard.length = opened = refused = 0;
  stream = new IncidentStream({
    onState: (state) => states.push(state.kind),
    onOpen: () => (opened += 1),
    onIncident: (incident) => heard.push(incident.id),
    onRefused: () => (refused += 1),
  });
  stream.start();
});
afterEach(() => {
  stream.stop();
  vi.useRealTimers();
});

describe('the stream', () => {
  it('is live once connected, and hands on incidents', () => {
    source().connect();
    source().push(anIncident(7));
    expect(states).toEqual(['live']);
    expect(heard).toEqual(['INC-000007']);
  });

  it('asks for a fetch after each connection, because something may have been missed', () => {
    source().connect();
    source().fail(false);
    source().connect();
    expect(states).toEqual(['live', 'reconnecting', 'live']);
    expect(opened).toBe(2);
  });

  it('tries again with growing pauses when the console refuses it, and says so', () => {
    const first = source();
    first.fail(true);
    expect(refused).toBe(1);
    vi.advanceTimersByTime(999);
    expect(source()).toBe(first);
    vi.advanceTimersByTime(1);
    const second = source();
    expect(second).not.toBe(first);
    second.fail(true);
    vi.advanceTimersByTime(1_999);
    expect(source()).toBe(second);
    vi.advanceTimersByTime(1);
    expect(source()).not.toBe(second);
    expect(states).toEqual(['reconnecting']);
  });

  it('takes silence for a cut; pings keep it alive', () => {
    const first = source();
    first.connect();
    vi.advanceTimersByTime(30_000);
    first.send('ping', '{}');
    vi.advanceTimersByTime(30_000);
    expect(states).toEqual(['live']);
    vi.advanceTimersByTime(10_000);
    expect(states).toEqual(['live', 'reconnecting']);
    expect(first.is_closed).toBe(true);
    expect(source()).not.toBe(first);
  });

  it('does not hand on what it does not understand, but has the page ask', () => {
    source().connect();
    source().send('incident', '{"id": 3}');
    source().send('incident', 'not json');
    expect(heard).toEqual([]);
    expect(opened).toBe(3);
  });

  it('is quiet after stop', () => {
    stream.stop();
    vi.advanceTimersByTime(600_000);
    expect(states).toEqual([]);
    expect(source().is_closed).toBe(true);
  });
});
