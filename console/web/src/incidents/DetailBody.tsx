// SPDX-License-Identifier: Apache-2.0
import type { Incident, IncidentDetail } from '../api/types';
import { LevelBadge, VerdictBadge } from '../ui/Badges';
import { formatCount } from '../ui/format';
import { Ago, FullTime } from '../ui/Time';
import { Untrusted } from '../ui/Untrusted';
import { ArtifactFacts } from './ArtifactFacts';
import { BytesFigures } from './Bytes';
import styles from './detail.module.css';
import { EventTimeline } from './EventTimeline';
import { Fact, Facts, Section } from './Facts';
import { ProcessTree } from './ProcessTree';
import { SinkFacts } from './SinkFacts';
import { Summary } from './Summary';
import { userName } from './summary';

interface Props {
  incident: Incident;
  /** What only the detail call knows; undefined while it is on the way. */
  detail: IncidentDetail | undefined;
}

export function DetailBody({ incident, detail }: Props) {
  return (
    <div className={styles.body}>
      <div className={styles.badges}>
        <LevelBadge level={incident.level} />
        <VerdictBadge verdict={incident.verdict} />
        <span className={styles.when}><Ago ms={incident.last_ms} /></span>
      </div>
      <h2 className={styles.title}><Untrusted text={incident.title} /></h2>
      <Summary incident={incident} />
      {detail?.message ? (
        <figure className={styles.message}>
          <figcaption>What the rule tells the person. The host does not deliver it yet: the person sees “Operation not permitted”</figcaption>
          <blockquote><Untrusted text={detail.message} /></blockquote>
        </figure>
      ) : null}
      <BytesFigures incident={incident} />

      <Section title="What was tried">
        <Facts>
          <Fact name="Operation">
            {incident.operation}{incident.count > 1 ? `, ${formatCount(incident.count)} times` : ''}
          </Fact>
          {incident.path ? <Fact name="File" copy={incident.path}><code><Untrusted text={incident.path} /></code></Fact> : null}
          <Fact name={incident.count > 1 ? 'First seen' : 'Seen'}><FullTime ms={incident.first_ms} /></Fact>
          {incident.count > 1 ? <Fact name="Last seen"><FullTime ms={incident.last_ms} /></Fact> : null}
        </Facts>
      </Section>
      <ArtifactFacts artifacts={detail?.artifacts.length ? detail.artifacts : incident.artifact ? [incident.artifact] : []} />
      <SinkFacts sink={incident.sink} />
      <Section title="Who and where">
        <Facts>
          <Fact name="User" copy={incident.user.name}><Untrusted text={userName(incident)} /> <span className={styles.soft}>uid {incident.user.id}</span></Fact>
          <Fact name="Host" copy={incident.host.name}><Untrusted text={incident.host.name} /></Fact>
        </Facts>
      </Section>
      <ProcessTree process={incident.process} ancestors={detail?.ancestors} />
      <EventTimeline events={detail?.events} />
      <Section title="Decided by">
        <Facts>
          <Fact name="Rule" copy={incident.rule_id}><code><Untrusted text={incident.rule_id} /></code></Fact>
          {detail ? <Fact name="Bundle">version {formatCount(detail.bundle_version)}</Fact> : null}
          <Fact name="Received"><FullTime ms={incident.received_ms} /></Fact>
        </Facts>
      </Section>
    </div>
  );
}
