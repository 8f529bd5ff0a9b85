import type { SeccompProfile, SeccompRule } from './seccomp-profile.ts';

/**
 * The default system call policy: the same calls that moby's default profile allows (Apache-2.0, `seccomp/default.json` of
 * moby/profiles, as of 2026), written as rules of our own. The base is what a real dockerd 20.10 wrote into a config;
 * newer kernels' calls are added, io_uring is left out, and sockets are limited to known families, as moby has since done.
 */
const words = (text: string) => text.trim().split(/\s+/);

const allowed = [
  // Processes, threads and their identity
  ...words(`
    alarm capget capset execve execveat exit exit_group fork get_robust_list get_thread_area getcpu getegid getegid32 geteuid
    geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid getppid getpriority getresgid getresgid32 getresuid
    getresuid32 getrlimit getrusage getsid gettid getuid getuid32 ioprio_get ioprio_set landlock_add_rule landlock_create_ruleset
    landlock_restrict_self membarrier pidfd_open pidfd_send_signal prctl prlimit64 process_mrelease restart_syscall rseq
    sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam sched_getscheduler
    sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam sched_setscheduler sched_yield
    seccomp set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups
    setgroups32 setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit
    setsid setuid setuid32 sysinfo times ugetrlimit umask uname vfork wait4 waitid waitpid
  `),
  // Signals, timers and clocks
  ...words(`
    adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64 clock_nanosleep
    clock_nanosleep_time64 futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake getitimer gettimeofday kill nanosleep
    pause rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
    rt_sigtimedwait_time64 rt_tgsigqueueinfo setitimer sigaltstack signalfd signalfd4 sigprocmask sigreturn tgkill time timer_create
    timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
    timerfd_gettime64 timerfd_settime timerfd_settime64 tkill
  `),
  // Memory
  ...words(`
    brk madvise map_shadow_stack memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2 mprotect mremap mseal msync
    munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect remap_file_pages shmat shmctl shmdt shmget
  `),
  // Messages, semaphores and pipes
  ...words(`
    _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
    eventfd2 ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink
    msgctl msgget msgrcv msgsnd pipe pipe2 poll ppoll ppoll_time64 pselect6 pselect6_time64 select semctl semget semop semtimedop
    semtimedop_time64
  `),
  // Sockets
  ...words(`
    accept accept4 bind connect getpeername getsockname getsockopt listen recv recvfrom recvmmsg recvmmsg_time64 recvmsg send
    sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair
  `),
  // Files, directories and file systems
  ...words(`
    _llseek access cachestat chdir chmod chown chown32 close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
    fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync
    fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64 fsync ftruncate ftruncate64
    futimesat getcwd getdents getdents64 getrandom getxattr getxattrat inotify_add_watch inotify_init inotify_init1 inotify_rm_watch
    io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl lchown lchown32 lgetxattr link
    linkat listmount listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat
    name_to_handle_at newfstatat open openat openat2 pread64 preadv preadv2 pwrite64 pwritev pwritev2 read readahead readlink
    readlinkat readv removexattr removexattrat rename renameat renameat2 riscv_hwprobe rmdir sendfile sendfile64 setxattr setxattrat
    splice stat stat64 statfs statfs64 statmount statx symlink symlinkat sync sync_file_range syncfs tee truncate truncate64 unlink
    unlinkat uretprobe utime utimensat utimensat_time64 utimes vmsplice write writev
  `),
];

const allow = 'SCMP_ACT_ALLOW';
const equal = (value: number) => [{ index: 0, value, op: 'SCMP_CMP_EQ' }];

/** Address families from 12 on that containers may open; VSOCK (40) would reach the host past the network, ALG (38) the kernel's crypto. */
const socketFamilies = [13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45];
/** PER_LINUX, UNAME26, ADDR_NO_RANDOMIZE and PER_LINUX32 in their harmless combinations, and asking (0xffffffff). */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];
/** All CLONE_NEW* flags: namespaces are made by who may mount. */
const newNamespaces = 0x7e020000;

const withCapability: Record<string, string> = {
  CAP_DAC_READ_SEARCH: 'open_by_handle_at',
  CAP_SYS_ADMIN: `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
    lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname sethostname setns
    syslog umount umount2 unshare`,
  CAP_SYS_BOOT: 'reboot',
  CAP_SYS_CHROOT: 'chroot',
  CAP_SYS_MODULE: 'delete_module init_module finit_module',
  CAP_SYS_PACCT: 'acct',
  CAP_SYS_PTRACE: 'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace',
  CAP_SYS_RAWIO: 'iopl ioperm',
  CAP_SYS_TIME: 'settimeofday stime clock_settime clock_settime64',
  CAP_SYS_TTY_CONFIG: 'vhangup',
  CAP_SYS_NICE: 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node',
  CAP_SYSLOG: 'syslog',
  CAP_BPF: 'bpf',
  CAP_PERFMON: 'perf_event_open',
};

const rules: SeccompRule[] = [
  { names: allowed, action: allow },
  // Before 4.8 a tracer could get around seccomp.
  { names: ['process_vm_readv', 'process_vm_writev', 'ptrace'], action: allow, includes: { minKernel: '4.8' } },
  { names: ['socket'], action: allow, args: [{ index: 0, value: 12, op: 'SCMP_CMP_LT' }] },
  ...socketFamilies.map((family): SeccompRule => ({ names: ['socket'], action: allow, args: equal(family) })),
  ...personalities.map((personality): SeccompRule => ({ names: ['personality'], action: allow, args: equal(personality) })),
  {
    names: words('arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls'),
    action: allow,
    includes: { arches: ['arm64'] },
  },
  { names: ['arch_prctl', 'modify_ldt'], action: allow, includes: { arches: ['amd64'] } },
  ...Object.entries(withCapability).map(([capability, names]): SeccompRule => ({ names: words(names), action: allow, includes: { caps: [capability] } })),
  { names: ['clone'], action: allow, args: [{ index: 0, value: newNamespaces, op: 'SCMP_CMP_MASKED_EQ' }], excludes: { caps: ['CAP_SYS_ADMIN'] } },
  // clone3's flags lie in memory where a filter cannot look: libraries fall back to clone on ENOSYS (38).
  { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38, excludes: { caps: ['CAP_SYS_ADMIN'] } },
];

export const defaultSeccompProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  archMap: [
    { architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86', 'SCMP_ARCH_X32'] },
    { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: ['SCMP_ARCH_ARM'] },
  ],
  syscalls: rules,
};
