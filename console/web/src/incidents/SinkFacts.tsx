// SPDX-License-Identifier: Apache-2.0
import type { Sink } from '../api/types';
import { Untrusted } from '../ui/Untrusted';
import { Fact, Facts, Section } from './Facts';
import { deviceName, describeDestination, sink_names } from './summary';

export function SinkFacts({ sink }: { sink: Sink | null }) {
  if (sink === null || sink.kind === 'read') return null;
  const { device, destination } = sink;
  return (
    <Section title="Where it was going">
      <Facts>
        <Fact name="Sink">{sink_names[sink.kind]}</Fact>
        {device ? <Fact name="Device"><Untrusted text={deviceName(sink) || 'make not known'} /></Fact> : null}
        {device?.serial ? <Fact name="Serial" copy={device.serial}><code><Untrusted text={device.serial} /></code></Fact> : null}
        {device?.node ? <Fact name="Node"><code><Untrusted text={`/dev/${device.node}`} /></code></Fact> : null}
        {destination ? (
          <Fact name="Destination" copy={destination.ip}><code><Untrusted text={describeDestination(destination)} /></code></Fact>
        ) : null}
      </Facts>
    </Section>
  );
}
