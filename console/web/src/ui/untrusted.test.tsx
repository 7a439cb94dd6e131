// SPDX-License-Identifier: Apache-2.0
import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { DetailBody } from '../incidents/DetailBody';
import { incident_columns } from '../incidents/columns';
import { Summary } from '../incidents/Summary';
import { aDetail, anIncident } from '../testing/samples';
import { Two } from './Two';
import { Untrusted } from './Untrusted';
import { visible } from './untrusted';

describe('visible', () => {
  it('leaves what shows itself', () => {
    for (const text of ['', '/data/llama-70b.gguf', "it's übt 模型 🙂 ❤️", 'שלום']) expect(visible(text)).toBe(text);
  });
  it('shows what turns the direction or hides', () =>
    expect(visible('holiday\u202egpj.gguf\u2066\u200b\ufeff\u00ad\u3164\u{e0041}')).toBe(
      'holiday\\u202egpj.gguf\\u2066\\u200b\\ufeff\\u00ad\\u3164\\U000e0041'));
  it('shows controls', () => expect(visible('a\n\r\t\x1b[2J\x7f\u009b\u2028')).toBe('a\\n\\r\\t\\x1b[2J\\x7f\\u009b\\u2028'));
});

describe('untrusted words on the page', () => {
  const trick = '\u202egpj.\u001b\n!';
  const shown = '\\u202egpj.\\x1b\\n!';
  const incident = anIncident(1, {
    title: `title${trick}`,
    host: { id: 'h', name: `host${trick}` },
    user: { id: 1, name: `user${trick}`, login_name: `login${trick}` },
    process: { pid: 1, name: `name${trick}`, executable: `/exe${trick}`, args: [`arg${trick}`] },
    artifact: { id: 'a', name: `artifact${trick}`, kind: 'weights', class: 'restricted', label: 'confirmed' },
    sink: { kind: 'removable', device: { vendor: `vendor${trick}`, product: '', serial: `serial${trick}`, node: `node${trick}` }, destination: null },
    path: `/path${trick}`,
  });
  const expectSafe = (container: HTMLElement) => {
    for (const hidden of ['\u202e', '\u001b', 'gpj.\n']) expect(container.outerHTML).not.toContain(hidden);
    for (const place of container.querySelectorAll('*')) {
      const own = [...place.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.textContent).join('');
      if (own.includes(shown)) expect(place.tagName, own).toBe('BDI');
    }
  };

  it('are isolated', () => {
    const { container } = render(<Untrusted text="a" />);
    expect(container.innerHTML).toBe('<bdi dir="ltr">a</bdi>');
  });
  it('cannot scramble the sentence', () => {
    const { container } = render(<Summary incident={incident} />);
    expectSafe(container);
    expect(container.textContent).toContain(`'arg${shown}'`);
  });
  it('cannot scramble the detail', () => {
    const { container } = render(<DetailBody incident={incident} detail={{
      ...aDetail(incident), message: `message${trick}`,
      ancestors: [{ pid: 2, name: `parent${trick}`, executable: '/p', args: [`-c${trick}`] }],
    }} />);
    expectSafe(container);
    for (const word of ['title', 'user', 'login', 'host', 'name', '/exe', 'arg', 'artifact', 'vendor', 'serial', 'node', '/path', 'parent', '-c', 'message'])
      expect(container.textContent).toContain(`${word}${shown}`);
  });
  it('cannot scramble a cell of a table', () => {
    const { container } = render(<Two first={`first${trick}`} second={`second${trick}`} title={`title${trick}`} />);
    expectSafe(container);
  });
  it('cannot scramble a cell of the list of incidents', () => {
    for (const column of incident_columns) {
      if (column.id === 'title' || typeof column.cell !== 'function') continue; // its link needs the router: see App.test
      const cell = column.cell as unknown as (context: unknown) => React.ReactNode;
      expectSafe(render(cell({ row: { original: incident } })).container);
    }
  });
});
