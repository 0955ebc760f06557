import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { historyFiles } from '#main/data-folder.ts'
import { aHistoryPath } from '#test/support/builders/history.ts'
import { aRecordedRelease } from '#test/support/recorded-release.ts'
import { runCli } from '#test/support/run-cli.ts'

it('UI-HIST-1: a report is made of the history here, and of a bundle there', async () => {
  const { path, clock } = await aRecordedRelease(join(dirname(aHistoryPath()), historyFiles.clusters))
  const elsewhere = dirname(aHistoryPath())
  const here = (...args: readonly string[]) => runCli(args, clock, dirname(path))
  const there = (...args: readonly string[]) => runCli(args, clock, elsewhere)
  const [page, bundle] = [join(elsewhere, 'page.html'), join(elsewhere, 'release.argosy')]
  const wish = ['--rollout', 'eu/shop/web'] as const
  expect(await here('report', ...wish, '--html', '--file', page)).toEqual({ out: [page], err: [], code: 0 })
  expect(statSync(page).mode & 0o777).toBe(0o600)
  expect(readFileSync(page, 'utf8')).toContain('<h1>shop/web in eu</h1>')
  expect(await here('report', ...wish, '--html', '--file', page)).toMatchObject({ code: 1 })
  await here('bundle', 'export', ...wish, '--file', bundle)
  const [own, brought] = [
    await here('report', ...wish, '--markdown'),
    await there('report', '--markdown', '--bundle', bundle, ...wish),
  ]
  const before = (text: string | undefined) => text?.split('\n---\n')[0]
  expect(before(own.out[0])).toContain('# Post-mortem: shop/web in eu')
  expect(before(brought.out[0])).toBe(before(own.out[0]))
  expect((await there('report', '--markdown', '--bundle', bundle)).out[0]).toContain('# Post-mortem: What happened')
  expect(await there('report', ...wish, '--html')).toMatchObject({ code: 1 })
  expect(await here('report', ...wish)).toMatchObject({ code: 2 })
  expect(await here('report', '--html')).toMatchObject({ code: 2 })
  expect(await here('report', '--html', '--plan', 'none')).toMatchObject({ code: 1 })
})
