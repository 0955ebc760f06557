import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killRecording } from './kill.ts'

/** `node test/kill/index.ts [--times N]`: kills a recording N times at moments between 0 and 600 ms, each going on with the file of the one before. */
const { values } = parseArgs({ options: { times: { type: 'string', default: '50' } } })
const folder = mkdtempSync(join(tmpdir(), 'argosy-kill-'))
const path = join(folder, 'history.db')
let first = 0
let failed = 0
for (let time = 0; time < Number(values.times); time++) {
  const { said, found, notices } = await killRecording(path, first, (time * 137) % 600)
  if (notices.length > 0 || found < said - 1) {
    failed++
    console.log(`kill ${time + 1}: said ${said}, found ${found}, ${notices.join(' ')}`)
  }
  first = found + 1
}
console.log(
  `${values.times} kills, ${first} versions recorded, ${(statSync(path).size / 1e6).toFixed(1)} MB; ${failed} failed`,
)
rmSync(folder, { recursive: true, force: true })
process.exitCode = failed === 0 ? 0 : 1
