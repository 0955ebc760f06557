import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { zstdDecompressSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { resources } from '#api/resources.ts'
import type { Rollout } from '#api/rollout.ts'
import { unpack } from '#main/history/objects/versions.ts'
import { type SandboxFleet, startSandboxFleet } from '#main/sandbox/start-fleet.ts'
import { systemClock } from '#main/system-clock.ts'
import { type CliProcess, runArgosy, startArgosy } from '#test/support/cli-process.ts'
import { plainLevel, plantInCluster, releaseInCluster } from '#test/support/planted-cluster.ts'
import { plantSecrets } from '#test/support/planted-secrets.ts'
import { type ScriptedServer, type SeenRequest, startServer } from '#test/support/scripted-server.ts'
import { launchBrowser, openWindow, type WindowPage } from '#test/support/window-page.ts'

/**
 * Secrets are planted wherever one can stand, then everything is used that shows, stores or exports something. No part of a planted value may be
 * in any of it (docs/security-model.md, ADR 11).
 */
const planted = plantSecrets(11)
const folder = mkdtempSync(join(tmpdir(), 'argosy-secrets-'))
const [kubeconfig, broken] = [join(folder, 'kubeconfig'), join(folder, 'broken')]
const data = { window: join(folder, 'window'), engine: join(folder, 'engine') }
const env = { ARGOSY_DATA: data.window }
const key = 'eu/shop/web'
let fleet: SandboxFleet
let server: ScriptedServer
let engine: CliProcess
let served: CliProcess
let browser: Browser

/** Every text that left the main process, by where. */
const left = new Map<string, string>()
const keep = (where: string, text: string) => left.set(where, `${left.get(where) ?? ''}\n${text}`)

/** Answers as careless servers do: with the credential it was sent. */
function careless(request: SeenRequest) {
  const { authorization = '' } = request.headers
  return { answer: 1, echo: `Authorization: ${authorization}`, query: String(request.query), body: request.body }
}

/** A context whose server refuses and quotes the password, and one whose plugin fails and quotes its environment. */
function withMoreContexts(text: string): string {
  const config = parse(text) as Record<'clusters' | 'users' | 'contexts', object[]>
  const plugin = join(folder, 'sign-in')
  writeFileSync(plugin, '#!/bin/sh\necho "login failed: client_secret=$CLIENT_SECRET" >&2\nexit 1\n')
  chmodSync(plugin, 0o700)
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: plugin,
    env: [{ name: 'CLIENT_SECRET', value: planted.value('execenv') }],
    interactiveMode: 'Never',
  }
  for (const [name, user] of [
    ['refused', { username: 'ada', password: planted.value('basic', 'unicode') }],
    ['plugin', { exec }],
  ] as const) {
    config.clusters.push({ name, cluster: { server: `${server.url}/api-of-${name}` } })
    config.users.push({ name, user })
    config.contexts.push({ name, context: { cluster: name, user: name } })
  }
  return stringify(config, { lineWidth: 0 })
}

const brokenFile = () => `apiVersion: v1
kind: Config
users:
- name: eve
  user:
    token: "${planted.value('brokentoken')}
    client-key-data: ${planted.value('brokenkey', 'base64')}
`

beforeAll(async () => {
  server = await startServer((request, reply) => {
    const { authorization = '' } = request.headers
    if (request.path === '/oauth')
      return reply.json(200, { access_token: planted.value('oauthtoken'), token_type: 'Bearer', expires_in: 3600 })
    if (request.path === '/measure') return reply.json(200, careless(request))
    if (request.path.startsWith('/prometheus'))
      return reply.json(200, { status: 'success', data: { resultType: 'vector', result: [] } })
    const message = `no entry for Authorization: ${authorization}, password=${Buffer.from(authorization.replace('Basic ', ''), 'base64').toString()}`
    reply.json(500, { kind: 'Status', status: 'Failure', message, sent: careless(request) })
  })
  fleet = await startSandboxFleet({ clusters: ['eu', 'us'], seed: 7, clock: systemClock, speed: 50 })
  for (const cluster of fleet.clusters) {
    planted.also(`token of ${cluster.name}`, cluster.token)
    plantInCluster(cluster, server.url, planted)
  }
  writeFileSync(kubeconfig, withMoreContexts(fleet.kubeconfig))
  writeFileSync(broken, brokenFile())
  for (const path of Object.values(data)) mkdirSync(path)
  const contexts = ['--context', 'eu', '--context', 'us']
  engine = startArgosy(['engine', '--kubeconfig', kubeconfig, ...contexts, '--log-level', 'debug'], {
    ARGOSY_DATA: data.engine,
  })
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await served?.stop()
  await engine?.stop()
  await fleet?.stop()
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const rolloutIn = (context: string): Rollout | undefined => {
  const cluster = fleet.clusters.find((each) => each.context === context)
  return cluster?.store.get(resources.rollouts, { namespace: 'shop', name: 'web' }) as Rollout | undefined
}

const phaseIs = (context: string, phase: string) =>
  expect.poll(() => rolloutIn(context)?.status?.phase, { timeout: 30_000, interval: 100 }).toBe(phase)

async function listen(page: Page): Promise<void> {
  page.on('console', (message) => keep('console', message.text()))
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => keep('messages', String(payload))))
}

/** What is on a page, once it says what it is about. */
async function see(page: Page, where: string, shows: string | RegExp): Promise<void> {
  await page.getByText(shows).first().waitFor({ timeout: 20_000 })
  keep(`page: ${where}`, await page.content())
}

async function saveAs(page: Page, form: string): Promise<void> {
  await page.keyboard.press('e')
  await page.locator('.segments button', { hasText: form }).click()
  await page.locator('.bundle-facts').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.locator('.dialog-foot .button').last().click(),
  ])
  const path = join(folder, download.suggestedFilename())
  await download.saveAs(path)
  keep(`saved: ${form}`, textOf(readFileSync(path)))
}

/** A bundle is lines that were compressed. */
const textOf = (bytes: Buffer): string =>
  bytes.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(bytes).toString() : bytes.toString()

/** Every row of every table, packs unpacked, and the bytes of all files as they lie there. */
function readHistory(path: string): string {
  const files = readdirSync(path).map((name) => readFileSync(join(path, name), 'latin1'))
  const db = new DatabaseSync(join(path, 'history.db'), { readOnly: true })
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all()
  const rows = tables.flatMap(({ name }) => db.prepare(`SELECT * FROM "${String(name)}"`).all())
  const packs = db.prepare(`SELECT since AS at, 0 AS place, body FROM pack`).all()
  db.close()
  const versions = packs.flatMap(({ at, body }) =>
    unpack({ at: Number(at), place: 0, form: 'pack', body: body as Uint8Array }),
  )
  return [...files, ...[...rows, ...versions].map((row) => JSON.stringify(row))].join('\n')
}

const found = (): readonly string[] =>
  [...left].flatMap(([where, text]) => planted.found(text).map((part) => `${where}: ${part}`))

/** The pages of a rollout, what differs, and what people do. */
async function useRollout(window: WindowPage): Promise<void> {
  const { page } = window
  await window.goTo(`#/rollout/${key}`)
  await see(page, 'rollout', 'cannot sign in')
  for (const tab of await page.locator('.activity .segments button').all()) {
    if (!(await tab.isVisible())) continue
    await tab.click()
    await see(page, 'rollout', 'web')
  }
  await window.goTo(`#/analysis/${key}`)
  for (const metric of ['answers', 'refused', 'signed', 'asked']) {
    await page.getByText(metric, { exact: true }).first().click()
    await see(page, `analysis of ${metric}`, metric)
  }
  await window.goTo(`#/rollout/${key}`)
  await page.keyboard.press('u')
  await page.getByRole('dialog').getByText(/PATCH/).first().waitFor()
  await see(page, 'undo', 'PATCH')
  await window.leave()
  for (const tab of ['revisions', 'clusters', 'applied']) {
    await window.goTo(`#/diff/${key}?left=1&right=2&tab=${tab}`)
    if (tab !== 'clusters') await page.locator('.diff-body').waitFor()
    await see(page, `diff: ${tab}`, tab === 'revisions' ? 'DB_PASSWORD' : 'web')
  }
  await window.goTo(`#/diff/${key}?left=1&right=2`)
  await page.getByRole('button', { name: 'Configuration' }).click()
  await page.getByRole('button', { name: 'Read ConfigMaps and Secrets' }).click()
  await see(page, 'diff: configuration', 'web-secret')
  await window.goTo(`#/rollout/${key}`)
  await page.keyboard.press('a')
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await dialog
    .getByRole('textbox')
    .last()
    .fill(`leaked: password="${planted.value('reason', 'address')}"`)
  await page.keyboard.press('Control+Enter')
  await phaseIs('eu', 'Degraded')
  await see(page, 'aborted', /Aborted/)
}

/** What was recorded: looked at, exported, and the past shown again. */
async function useHistory(window: WindowPage): Promise<void> {
  const { page } = window
  await window.goTo('#/history')
  await page.locator('.history-entry').first().click()
  await see(page, 'history', 'web')
  for (const form of ['Bundle', 'Web page', 'Post-mortem']) await saveAs(page, form)
  for (const nth of [1, 2]) {
    await page.locator('.history-filter .segments button').nth(nth).click()
    for (const toggle of (await page.locator('.write-toggle').all()).slice(0, 20)) await toggle.click()
    await see(page, 'record', 'web')
  }
  const [record] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export…' }).click(),
  ])
  await record.saveAs(join(folder, 'record.jsonl'))
  keep('saved: record', readFileSync(join(folder, 'record.jsonl'), 'utf8'))
  await window.goTo('#/statistics')
  await see(page, 'statistics', 'web')
  const now = new Date().toISOString()
  await window.goTo(`#/fleet?at=${now}`)
  await page.locator('.past-pane [role=gridcell]').first().waitFor()
  await see(page, 'past board', 'web')
  await window.goTo(`#/rollout/${key}?at=${now}`)
  await page.locator('.past-pane .facts').waitFor()
  await see(page, 'past rollout', 'web')
}

describe('ADR 11: no part of a secret leaves the main process', () => {
  it('uses everything there is', { timeout: 180_000 }, async () => {
    await phaseIs('eu', 'Healthy')
    await phaseIs('us', 'Healthy')
    served = startArgosy(['serve', '--kubeconfig', kubeconfig, '--kubeconfig', broken], env)
    const window = await openWindow(browser, served, 'test-results/secrets')
    const { page } = window
    page.setDefaultTimeout(8000)
    await listen(page)
    await page.reload()
    await window.cell('web', 'us').waitFor({ timeout: 20_000 })
    for (const cluster of fleet.clusters) releaseInCluster(cluster, planted)
    await phaseIs('eu', 'Paused')
    await phaseIs('us', 'Paused')
    await see(page, 'fleet', 'web')
    for (const context of ['refused', 'plugin']) {
      await window.trouble(context)
      await see(page, `trouble of ${context}`, context)
      await window.leave()
    }
    await useRollout(window)
    await useHistory(window)
    await page.close()
    await served.stop()
    for (const args of commands) keep(`argosy ${args.join(' ')}`, await printed(args))
    await engine.stop()
    keep('log: serve', `${served.stdout}\n${served.stderr}`)
    keep('log: engine', `${engine.stdout}\n${engine.stderr}`)
    for (const [name, path] of Object.entries(data)) keep(`database: ${name}`, readHistory(path))
    // What is no secret is there, so the search looked where it had to.
    const looked = [...left].filter(([, text]) => text.includes(plainLevel)).map(([where]) => where)
    expect(looked).toEqual(expect.arrayContaining(['messages', 'saved: Bundle', 'database: window']))
    expect(planted.count).toBeGreaterThan(60)
    expect(found()).toEqual([])
  })
})

const commands: readonly (readonly string[])[] = [
  ['get', 'web'],
  ['preview', 'web'],
  ['status', 'web', '--timeout', '1s'],
  ['history'],
  ['history', '-o', 'json'],
  ['history', '--actions', '-o', 'json'],
  ['history', '--writes', '-o', 'json'],
  ['history', 'stats'],
  ['history', 'rollbacks'],
  ['history', 'export'],
  ['history', 'verify'],
  ['report', '--rollout', key, '--html'],
  ['report', '--rollout', key, '--markdown'],
  ['report', '--since', '1h', '--html'],
]

async function printed(args: readonly string[]): Promise<string> {
  const run = await runArgosy([...args, '--kubeconfig', kubeconfig, '--context', 'eu', '-n', 'shop'], env)
  return `${run.stdout}\n${run.stderr}`
}
