// SPDX-License-Identifier: Apache-2.0
import type { ArtifactRef } from '../api/types';
import { ClassChip } from '../ui/Badges';
import { Untrusted } from '../ui/Untrusted';
import { Fact, Facts, Section } from './Facts';

const label_words: Record<string, string> = {
  confirmed: 'Confirmed: the file’s content matches the registered artifact',
  derived: 'Derived: the file was written by a process that had read the artifact; its content is not confirmed',
};

export function ArtifactFacts({ artifacts }: { artifacts: readonly ArtifactRef[] }) {
  return (
    <Section title={artifacts.length > 1 ? `Artifacts (${artifacts.length})` : 'Artifact'}>
      {artifacts.length === 0 ? <p>No registered artifact is named in this incident.</p> : null}
      {artifacts.map((artifact) => (
        <Facts key={artifact.id}>
          <Fact name="Name" copy={artifact.name}><strong><Untrusted text={artifact.name} /></strong></Fact>
          <Fact name="Class"><ClassChip name={artifact.class} /> <Untrusted text={artifact.kind.replaceAll('-', ' ')} /></Fact>
          <Fact name="Known by">{label_words[artifact.label] ?? 'not stated by the host'}</Fact>
        </Facts>
      ))}
    </Section>
  );
}
