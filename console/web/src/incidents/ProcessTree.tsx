// SPDX-License-Identifier: Apache-2.0
import type { Process } from '../api/types';
import { CopyButton } from '../ui/CopyButton';
import { formatCommand } from '../ui/format';
import { Untrusted } from '../ui/Untrusted';
import { visible } from '../ui/untrusted';
import { Section } from './Facts';
import styles from './process.module.css';

interface Props {
  process: Process;
  /** Parent first; undefined while on the way. */
  ancestors: readonly Process[] | undefined;
}

/** The process and how it came to run: oldest ancestor on top, the process itself last and in full. */
export function ProcessTree({ process, ancestors }: Props) {
  const chain = ancestors ? [...ancestors].reverse() : [];
  return (
    <Section title="Process">
      <ol className={styles.tree} aria-label="Ancestors, oldest first, then the process">
        {chain.map((ancestor) => <Node key={ancestor.pid} process={ancestor} />)}
        <Node process={process} is_actor />
      </ol>
    </Section>
  );
}

function Node({ process, is_actor = false }: { process: Process; is_actor?: boolean }) {
  const command = formatCommand(process.args);
  return (
    <li className={styles.node} data-actor={is_actor || undefined}>
      <div className={styles.head}>
        <span className={styles.name}><Untrusted text={process.name} /></span>
        <span className={styles.pid}>pid {process.pid}</span>
        {is_actor ? <CopyButton text={command} what="command" /> : null}
      </div>
      {is_actor ? <pre className={styles.command}><Untrusted text={command} /></pre> : <code className={styles.line} title={visible(command)}><Untrusted text={command} /></code>}
      {is_actor ? <code className={styles.line}><Untrusted text={process.executable} /></code> : null}
    </li>
  );
}
