import { accountHealth, accountOptions, adoptAccounts, pendingLink } from './account-pages.ts'
import { accountChoices, connectAccount, linkAccount, listAccounts, listPlatforms, unlinkAccount } from './accounts.ts'
import { uploadAttempts } from './attempts.ts'
import { dismissUpload, uploadCalendar, uploadSummary } from './calendar.ts'
import { cancelUpload, changeUpload, deleteUpload, resolveUpload, retryUpload, uploadDescription } from './changes.ts'
import { checkUpload } from './check.ts'
import type { Endpoint } from './endpoint.ts'
import { events } from './events.ts'
import { uploadFile } from './files.ts'
import { importStatus, importUpload } from './import.ts'
import { generateKey, listKeys, revokeKey, rotateKey } from './keys.ts'
import { changeMe, changePassword, endSession, endSessions, listSessions, readMe } from './me.ts'
import {
  acceptInvitation,
  forgotPassword,
  readInvitation,
  refresh,
  resetPassword,
  signIn,
  signOut,
  signUp,
  signUpPolicy,
  switchTenant
} from './people.ts'
import { resumeUpload } from './resume.ts'
import { clearSandboxPosts, listSandboxes, readSandboxFaults, sandboxPosts, setSandboxFaults } from './sandbox.ts'
import { beginTwoFactor, confirmTwoFactor, disableTwoFactor, readTwoFactor, renewBackupCodes } from './two-factor.ts'
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
import { quotaUsage } from './usage.ts'
import {
  changeMember,
  changeWorkspace,
  createWorkspace,
  inviteMember,
  leaveWorkspace,
  listInvitations,
  listMembers,
  readWorkspace,
  removeMember,
  resendInvitation,
  revokeInvitation
} from './workspace.ts'

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
  uploadDescription,
  uploadAttempts,
  listUploads,
  uploadCalendar,
  uploadSummary,
  changeUpload,
  cancelUpload,
  retryUpload,
  resolveUpload,
  dismissUpload,
  deleteUpload,
  events,
  quota,
  quotaUsage,

  listPlatforms,
  linkAccount,
  connectAccount,
  pendingLink,
  adoptAccounts,
  listAccounts,
  accountHealth,
  accountOptions,
  accountChoices,
  unlinkAccount,

  listSandboxes,
  sandboxPosts,
  clearSandboxPosts,
  readSandboxFaults,
  setSandboxFaults,

  signUpPolicy,
  signUp,
  signIn,
  refresh,
  signOut,
  switchTenant,
  forgotPassword,
  resetPassword,
  readInvitation,
  acceptInvitation,
  readMe,
  changeMe,
  changePassword,
  listSessions,
  endSession,
  endSessions,
  readTwoFactor,
  beginTwoFactor,
  confirmTwoFactor,
  disableTwoFactor,
  renewBackupCodes,
  createWorkspace,
  readWorkspace,
  changeWorkspace,
  listMembers,
  changeMember,
  removeMember,
  leaveWorkspace,
  listInvitations,
  inviteMember,
  resendInvitation,
  revokeInvitation
]
