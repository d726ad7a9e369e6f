// SPDX-License-Identifier: MIT
/// What lwIP's headers require of an operating system. There is none, so no value is ever used.
#pragma once

typedef int sys_sem_t;
typedef int sys_mutex_t;
typedef int sys_mbox_t;
typedef int sys_thread_t;
typedef int sys_prot_t;
