import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog } from '#lib/log.ts'
import { openHistory } from '#main/history/store.ts'
import { T0, VirtualClock } from '#test/support/virtual-clock.ts'

/**
 * `node test/kill/full-disk.ts FOLDER EARLIER`: FOLDER is a small disk. It is filled, a history is opened on it, and room is made. As JSON
 * on stdout: what was told, and when. EARLIER: `none`; `closed`, `killed` or
 * `damaged`: a history is there already.
 */
const [, , folder = '', earlier = 'none'] = process.argv
const path = join(folder, 'history.db')
const clock = new VirtualClock()
const aRun = (id: string) => ({ table: 'run' as const, id, key: 'k', startedAt: T0, search: '', body: '{}' })

if (earlier !== 'none') {
  const before = openHistory({ path, clock, log: silentLog })
  before.add([aRun('before')])
  before.all('SELECT 1')
  if (earlier !== 'killed') before.close()
}
if (earlier === 'damaged') {
  const bytes = readFileSync(path)
  // A leaf in the middle.
  writeFileSync(path, bytes.fill(0xee, 12 * 4096, 13 * 4096))
}

const filler = join(folder, 'filler')
for (const size of [65_536, 4096, 1])
  for (let isFull = false; !isFull; ) {
    try {
      writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
    } catch {
      isFull = true
    }
  }

const history = openHistory({ path, clock, log: silentLog })
const told: unknown[] = history.notices.map(({ title, detail }) => ({ at: 0, title, detail }))
history.onNotice(({ title, detail }) => told.push({ at: clock.now() - T0, title, detail }))
history.add([aRun('during')])
await clock.advance(1000)
rmSync(filler)
await clock.advance(100_000)
const ids = history.all('SELECT id FROM run ORDER BY id').map(({ id }) => id)
process.stdout.write(JSON.stringify({ mode: history.mode, told, ids }))
history.close()
