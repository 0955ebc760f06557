import { failure, type Outcome, success } from '#lib/outcome.ts'
import { type ContextAccess, merge } from './kubeconfig.ts'
import { type Material, parseKubeconfigFile } from './kubeconfig-file.ts'

/**
 * The current context of a kubeconfig that somebody else wrote: text out of a Secret. It must hold its credentials itself, for programs
 * that it names would run on this machine, and files that it names would be read here.
 *
 * Failure  a sentence without any value out of the text.
 */
export function readSecretKubeconfig(text: string): Outcome<ContextAccess, string> {
  const content = parseKubeconfigFile('/', text)
  const [fault] = content.faults
  if (fault !== undefined) return failure(`Its kubeconfig is malformed at line ${fault.line}: ${fault.message}.`)
  const { usable, currentContext } = merge([content])
  const access = usable.find(({ context }) => context === currentContext)
  if (access === undefined) return failure('Its kubeconfig has no current context that can be used.')
  return reachesOut(access)
    ? failure('Its kubeconfig names a program or a file; credentials must be written into it.')
    : success(access)
}

const reachesOut = ({ cluster, user }: ContextAccess): boolean =>
  user?.exec !== undefined ||
  user?.authProvider !== undefined ||
  user?.tokenFile !== undefined ||
  [cluster.certificateAuthority, user?.certificate, user?.key].some(isFile)

const isFile = (material: Material | undefined): boolean => material !== undefined && 'file' in material
