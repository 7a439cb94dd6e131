// SPDX-License-Identifier: Apache-2.0
// Drives the page in a real browser against a running console, as an analyst would: signs in, waits for an incident,
// opens it, reads it, closes it, looks at the hosts. Fails on a violation of the content security policy, on a script
// error, and on what axe-core finds.
//
//   CONSOLE_URL=https://127.0.0.1:8443 USERNAME=analyst PASSWORD=... npm run e2e
//
// CHROMIUM names the browser (default /usr/bin/chromium), WAIT_S how long to wait for the first incident (default 30).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const axe_source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const { CONSOLE_URL: url, USERNAME: username, PASSWORD: password } = process.env;
if (!url || !username || !password) {
  console.error('e2e: set CONSOLE_URL, USERNAME and PASSWORD');
  process.exit(2);
}
const wait_ms = Number(process.env.WAIT_S ?? 30) * 1000;
const problems = [];

function check(is_true, what) {
  console.log(`${is_true ? 'ok  ' : 'FAIL'}  ${what}`);
  if (!is_true) problems.push(what);
}

async function checkAxe(page, where) {
  await page.evaluate(axe_source);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  for (const violation of violations) {
    for (const node of violation.nodes) console.log(`      ${violation.id}: ${node.target.join(' ')}: ${node.failureSummary}`);
  }
  check(violations.length === 0, `axe finds nothing to object to: ${where}`);
}

async function signIn(page) {
  await page.goto(url);
  await page.getByLabel('User name').fill(username);
  await checkAxe(page, 'sign-in');
  await page.getByLabel('Password').fill(`not ${password}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  check(await page.getByRole('alert').innerText().then((text) => /wrong|too many/i.test(text)), 'a wrong password is refused in words');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor({ timeout: wait_ms });
  check(true, 'signed in');
}

async function lookAtIncidents(page) {
  const row = page.locator('tr[data-key^="INC-"]').first();
  await row.waitFor({ timeout: wait_ms });
  check(true, 'an incident is in the table');
  await page.getByText('Live', { exact: true }).waitFor({ timeout: wait_ms });
  check(true, 'the page is live');
  await checkAxe(page, 'incidents');

  const id = await row.getAttribute('data-key');
  await row.focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: `Incident ${id}` });
  await panel.getByText('Decided by').waitFor({ timeout: wait_ms });
  check(new URL(page.url()).pathname === `/incidents/${id}`, `Enter opens ${id} under its own address`);
  check(/ ran /.test(await panel.locator('p').first().innerText()), 'the detail says in words what happened');
  await panel.getByText(/^Events \(\d/).waitFor({ timeout: wait_ms });
  await checkAxe(page, 'detail');

  await page.reload();
  await panel.getByText('Decided by').waitFor({ timeout: wait_ms });
  check(true, 'the address brings the detail back after a reload');
  await row.waitFor({ timeout: wait_ms });
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached', timeout: wait_ms });
  check(new URL(page.url()).pathname === '/incidents', 'Escape closes it');

  await page.keyboard.press('/');
  await page.keyboard.type('no such thing anywhere');
  await page.getByText('No incident matches').waitFor({ timeout: wait_ms });
  // The address follows the typing, and the table an earlier part of it.
  await page.waitForURL((url) => url.searchParams.get('q') === 'no such thing anywhere', { timeout: wait_ms });
  check(true, 'the search is in the address');
}

async function lookAtHosts(page) {
  await page.getByRole('link', { name: 'Hosts' }).click();
  await page.locator('tr[data-key]').first().waitFor({ timeout: wait_ms });
  check(true, 'a host is in the table');
  await checkAxe(page, 'hosts');
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1440, height: 900 } });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (/policy violation|Content Security Policy/.test(message.text())) problems.push(message.text());
  });
  await signIn(page);
  await lookAtIncidents(page);
  await lookAtHosts(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in' }).waitFor({ timeout: wait_ms });
  check(true, 'signed out');
} catch (error) {
  problems.push(error.message);
} finally {
  await browser.close();
}
for (const problem of problems) console.error(`FAIL  ${problem}`);
console.log(problems.length === 0 ? 'e2e: passed' : `e2e: ${problems.length} failed`);
process.exit(problems.length === 0 ? 0 : 1);
