// SPDX-License-Identifier: Apache-2.0
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// How long something may take to appear is not what these tests are about; a busy machine is not a failure.
configure({ asyncUtilTimeout: 20_000 });

// jsdom lays nothing out; the virtual table needs a height to know which rows are in view.
Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 600 });
Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1200 });
HTMLElement.prototype.scrollTo = () => undefined;
HTMLElement.prototype.scrollBy = () => undefined;
window.scrollTo = () => undefined;
