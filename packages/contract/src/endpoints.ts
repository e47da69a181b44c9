import { accountChoices, connectAccount, linkAccount, listAccounts, listPlatforms, unlinkAccount } from './accounts.ts'
import { uploadAttempts } from './attempts.ts'
import { cancelUpload, changeUpload, deleteUpload, resolveUpload, retryUpload } from './changes.ts'
import { checkUpload } from './check.ts'
import type { Endpoint } from './endpoint.ts'
import { events } from './events.ts'
import { uploadFile } from './files.ts'
import { importStatus, importUpload } from './import.ts'
import { generateKey, listKeys, revokeKey, rotateKey } from './keys.ts'
import {
  forgotPassword,
  inviteMember,
  listMembers,
  refresh,
  resetPassword,
  signIn,
  signOut,
  signUp,
  switchTenant
} from './people.ts'
import { resumeUpload } from './resume.ts'
import { clearSandboxPosts, readSandboxFaults, sandboxPosts, setSandboxFaults } from './sandbox.ts'
import {
  abortUpload,
  completeUpload,
  formUpload,
  listUploads,
  multipartUpload,
  presignPut,
  quota,
  uploadStatus
} from './uploads.ts'

/** Every endpoint, in the order in which the reference and the OpenAPI document tell of them. */
export const endpoints: readonly Endpoint[] = [
  generateKey,
  listKeys,
  rotateKey,
  revokeKey,

  formUpload,
  presignPut,
  multipartUpload,
  resumeUpload,
  completeUpload,
  abortUpload,
  importUpload,
  importStatus,
  checkUpload,
  uploadFile,
  uploadStatus,
  uploadAttempts,
  listUploads,
  changeUpload,
  cancelUpload,
  retryUpload,
  resolveUpload,
  deleteUpload,
  events,
  quota,

  listPlatforms,
  linkAccount,
  connectAccount,
  listAccounts,
  accountChoices,
  unlinkAccount,

  sandboxPosts,
  clearSandboxPosts,
  readSandboxFaults,
  setSandboxFaults,

  signUp,
  signIn,
  refresh,
  signOut,
  switchTenant,
  forgotPassword,
  resetPassword,
  listMembers,
  inviteMember
]
