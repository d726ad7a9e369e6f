# SPDX-License-Identifier: MIT
"""How files are delivered: owner and mode, unchanged files, the command that runs after a change."""

import fcntl
import grp
import os
import pathlib
import pwd
import signal
import stat

from case import CA, HOST, PASSWORD, PROGRAM, VaultTest
from vault import Secret

IS_ROOT = os.geteuid() == 0
USER = pwd.getpwnam("daemon") if IS_ROOT else pwd.getpwuid(os.geteuid())
GROUP = grp.getgrnam("games") if IS_ROOT else grp.getgrgid(os.getegid())


class DeliveryTest(VaultTest):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "log"
        self.note = f"echo ran >>{self.log}"

    def words(self, *words):
        return ["secret", "db-password", "--output", str(self.output), *words]

    def save(self, *words, **more):
        return self.call(*self.words(*words), **more)

    def renew(self, value="renewed"):
        self.vault.add(Secret("db-password", "9" * 32, value))

    def runs(self):
        """How many times the command has run."""
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def siblings(self):
        """The names next to the output that begin with a dot."""
        return sorted(path.name for path in self.folder.glob(".*"))

    def assert_left_alone(self, *words):
        before = os.lstat(self.output)
        self.assert_done(self.save(*words))
        after = os.lstat(self.output)
        self.assertEqual((before.st_ino, before.st_ctime_ns), (after.st_ino, after.st_ctime_ns))

    def assert_replaced(self, *words):
        before = os.lstat(self.output)
        self.assert_done(self.save(*words))
        self.assertNotEqual(before.st_ino, os.lstat(self.output).st_ino)


class Rights(DeliveryTest):
    def assert_rights(self, uid, gid, mode):
        status = os.lstat(self.output)
        self.assertEqual((status.st_uid, status.st_gid), (uid, gid))
        self.assertEqual(oct(stat.S_IMODE(status.st_mode)), oct(mode))
        self.assertEqual(self.output.read_bytes(), PASSWORD.encode())

    def test_by_name_and_by_number(self):
        for user, group in ((USER.pw_name, GROUP.gr_name), (USER.pw_uid, GROUP.gr_gid)):
            for mode in ("640", "0400"):
                words = ("--owner", str(user), "--group", str(group), "--mode", mode)
                self.assert_done(self.save(*words, umask=0o077))
                self.assert_rights(USER.pw_uid, GROUP.gr_gid, int(mode, 8))
                self.assert_left_alone(*words)

    def test_setgid_directory_gives_its_group(self):
        os.chown(self.folder, -1, GROUP.gr_gid)
        os.chmod(self.folder, 0o2700)
        self.assert_done(self.save())
        self.assert_rights(os.geteuid(), GROUP.gr_gid, 0o600)
        self.assert_left_alone()

    def test_wrong_permissions_count_as_a_change(self):
        self.assert_done(self.save())
        self.output.chmod(0o604)
        self.assert_replaced("--on-change", self.note)
        self.assertEqual(self.runs(), 1)
        self.assert_rights(os.geteuid(), os.getegid(), 0o600)
        if IS_ROOT:
            os.chown(self.output, USER.pw_uid, -1)
            self.assert_replaced()
            self.assert_rights(os.geteuid(), os.getegid(), 0o600)

    def test_permissions_are_set_before_the_content_is_written(self):
        trace = self.folder / "trace"
        calls = "trace=openat,fchown,fchmod,write,fsync,renameat"
        words = ["strace", "-f", "-y", "-e", calls, "-o", str(trace), PROGRAM]
        words += [*self.words("--owner", USER.pw_name, "--group", GROUP.gr_name, "--mode", "640")]
        words += ["--vault", f"https://{HOST}", "--ca-file", str(CA.file)]
        no_leaks = {"ASAN_OPTIONS": "detect_leaks=0"}  # the leak checker does not work under strace
        words += ["--key-directory", "{key-directory}"]
        self.assert_done(self.run_simulated(words, environment=no_leaks))
        steps = []
        for line in trace.read_text().splitlines():
            if "output.arc-identity.new" in line:
                steps.append(line.split(maxsplit=1)[1].split("(")[0])
                self.assertNotIn("0644", line)
        expected = ["openat", "fchmod", "write", "fsync", "renameat"]
        self.assertEqual([step for step in steps if step != "fchown"], expected)
        if IS_ROOT:
            self.assertEqual(steps[1], "fchown")

    def test_unknown_user_or_group_fails_before_the_vault_is_asked(self):
        for words in (("--owner", "no-such-user"), ("--group", "no-such-group"), ("--owner", "-1")):
            self.assert_fails(self.save(*words), words[1], "on this machine", code=2)
        self.assertEqual(self.vault.requests, [])

    def test_wrong_modes(self):
        for mode in ("", "8", "4755", "1777", "rw", "-1", "0x1ff", "777777777777777777777"):
            self.assert_fails(self.save("--mode", mode), "--mode", code=2)

    def test_rights_and_command_need_a_file(self):
        for words in (("--mode", "600"), ("--owner", "root"), ("--on-change", "true")):
            run = self.call("secret", "db-password", *words)
            self.assert_fails(run, "--output", code=2)
            run = self.call("secret", "db-password", "--output", "/dev/fd/1", *words)
            self.assert_fails(run, "apply only to files", code=2)


class Unchanged(DeliveryTest):
    def test_second_run_leaves_the_file_alone(self):
        self.assert_done(self.save())
        self.assert_left_alone()
        self.renew()
        self.assert_replaced()
        self.assertEqual(self.output.read_text(), "renewed")

    def test_verbose_says_which(self):
        self.assertIn(f"\narc-identity: replaced {self.output}\n".encode(), self.save("--verbose").stderr)
        self.assertIn(f"\narc-identity: unchanged {self.output}\n".encode(), self.save("--verbose").stderr)

    def test_link_to_the_right_content_is_replaced(self):
        target = self.folder / "target"
        target.write_bytes(PASSWORD.encode())
        target.chmod(0o600)
        self.output.symlink_to(target)
        self.assert_replaced()
        self.assert_private_file(self.output, PASSWORD.encode())

    def test_hard_link_to_the_right_content_is_replaced(self):
        self.assert_done(self.save())
        os.link(self.output, self.folder / "other")
        self.assert_replaced()

    def test_certificate_and_key_in_two_files(self):
        key = self.folder / "key"
        words = ("certificate", "web-pfx", "--output", str(self.output), "--key-output", str(key))
        self.assert_done(self.call(*words, "--on-change", self.note))
        before = [os.lstat(path).st_ino for path in (self.output, key)]
        self.assert_done(self.call(*words, "--on-change", self.note))
        self.assertEqual(before, [os.lstat(path).st_ino for path in (self.output, key)])
        self.assertEqual(self.runs(), 1)
        key.unlink()  # one of two is also a change
        self.assert_done(self.call(*words, "--on-change", self.note))
        self.assertEqual(self.runs(), 2)
        self.assertEqual(self.siblings(), [])

    def test_no_file_is_replaced_if_one_cannot_be_written(self):
        self.output.write_text("old")
        key = self.folder / "none" / "key"
        run = self.call(
            "certificate", "web-pfx", "--output", str(self.output), "--key-output", str(key)
        )
        self.assertIn(b"cannot create a file next to", run.stderr)
        self.assertEqual(self.output.read_text(), "old")
        self.assertEqual(self.siblings(), [])


class OnChange(DeliveryTest):
    def deliver(self, command, *words):
        return self.save("--on-change", command, *words)

    def assert_command_fails(self, run, *words):
        self.assertEqual(run.returncode, 1)
        for text in ("everything is up to date", "--on-change", "the next run repeats it", *words):
            self.assertIn(text.encode(), run.stderr)
        self.assertEqual(self.siblings(), [".output.arc-identity.changed"])

    def test_runs_only_after_a_change(self):
        for expected in (1, 1):
            self.assert_done(self.deliver(self.note))
            self.assertEqual(self.runs(), expected)
        self.renew()
        self.assert_done(self.deliver(self.note))
        self.assertEqual(self.runs(), 2)
        self.assertEqual(self.siblings(), [])

    def test_sees_the_new_file(self):
        self.assert_done(self.deliver(f"cp {self.output} {self.log}"))
        self.assertEqual(self.log.read_bytes(), PASSWORD.encode())

    def test_failed_command_is_repeated_until_it_succeeds(self):
        self.assert_command_fails(self.deliver(self.note + "; exit 3"), "exit code 3")
        self.assert_command_fails(self.deliver(self.note + "; kill -9 $$"), "signal 9")
        self.assertEqual(self.output.read_bytes(), PASSWORD.encode())
        self.assert_done(self.deliver(self.note))
        self.assertEqual(self.runs(), 3)
        self.assert_done(self.deliver(self.note))
        self.assertEqual(self.runs(), 3)

    def test_one_that_does_not_exist(self):
        self.assert_command_fails(self.deliver("no-such-program"), "exit code 127", "not found")

    def test_hanging_command_is_stopped_with_its_children(self):
        command = f"sleep 60 & echo $! >{self.log}; wait"
        run = self.call_within_a_second(*self.words("--on-change", command))
        self.assert_command_fails(run, "did not end within 1 s")
        self.assert_gone(int(self.log.read_text()))

    def test_command_that_ignores_sigterm_is_killed(self):
        command = f"trap '' TERM; echo $$ >{self.log}; while :; do sleep 1; done"
        run = self.call_within_a_second(*self.words("--on-change", command))
        self.assert_command_fails(run, "did not end within 1 s")
        self.assert_gone(int(self.log.read_text()))

    def assert_gone(self, pid):
        """Checks that the process was killed. It may still be a zombie, if no process here reaps orphans."""
        try:
            state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
        except FileNotFoundError:
            return
        self.assertEqual(state, "Z")

    def test_output_is_on_standard_error_and_there_is_no_input(self):
        run = self.deliver("echo said; cat")
        self.assertEqual((run.returncode, run.stdout, run.stderr), (0, b"", b"said\n"))

    def test_has_a_process_group_and_no_lock(self):
        self.assert_done(self.deliver(f"ps -o pgid= -p $$ >{self.log}; echo $$ >>{self.log};"
                                      f"ls -l /proc/self/fd >>{self.log}"))  # fmt: skip
        group, pid, *files = self.log.read_text().splitlines()
        self.assertEqual(group.strip(), pid)
        self.assertNotIn("arc-identity", "".join(files))

    def test_signal_that_ends_the_program_ends_the_command(self):
        words = self.words("--on-change", f"echo $PPID $$ >{self.log}; sleep 60")
        script = (
            f'"$@" & for i in $(seq 200); do [ -s {self.log} ] && break; sleep 0.1; done\n'
            f"read parent child <{self.log}; kill -TERM $parent; wait $!"
        )
        words = ["sh", "-c", script, "sh", PROGRAM, *words, "--vault", f"https://{HOST}"]
        words += ["--ca-file", str(CA.file), "--key-directory", "{key-directory}"]
        run = self.run_simulated(words)
        self.assertEqual(run.returncode, 128 + signal.SIGTERM, run.stderr)
        self.assert_gone(int(self.log.read_text().split()[1]))
        self.assertIn(".output.arc-identity.changed", self.siblings())
        self.log.unlink()
        self.assert_done(self.deliver(self.note))
        self.assertEqual((self.runs(), self.siblings()), (1, []))


class Descriptors(DeliveryTest):
    def save_to(self, descriptor, redirection):
        words = ["sh", "-c", f'exec "$@" {redirection}', "sh", PROGRAM, "secret", "db-password"]
        words += ["--output", f"/dev/fd/{descriptor}", "--vault", f"https://{HOST}"]
        words += ["--ca-file", str(CA.file), "--key-directory", "{key-directory}"]
        return self.run_simulated(words)

    def test_value_and_nothing_else(self):
        run = self.save_to(3, f"3>{self.log}")
        self.assert_done(run)
        self.assertEqual(self.log.read_bytes(), PASSWORD.encode())
        run = self.save_to(1, "")
        self.assertEqual(run.stdout, PASSWORD.encode())

    def test_minus_is_standard_output(self):
        run = self.call("secret", "db-password", "--output", "-")
        self.assert_done(run)
        self.assertEqual(run.stdout, PASSWORD.encode())
        run = self.call("certificate", "web-pfx", "--output", "-", "--format", "pem", "--mode", "600")
        self.assert_fails(run, "apply only to files", code=2)

    def test_pipe(self):
        words = ["bash", "-c", '"$@" 3> >(cat >&1) | cat', "bash", PROGRAM, "secret", "db-password"]
        words += ["--output", "/dev/fd/3", "--vault", f"https://{HOST}"]
        words += ["--ca-file", str(CA.file), "--key-directory", "{key-directory}"]
        self.assertEqual(self.run_simulated(words).stdout, PASSWORD.encode())

    def test_certificate_to_a_file_and_key_to_a_descriptor(self):
        words = ["sh", "-c", f'exec "$@" 3>{self.log}', "sh", PROGRAM, "certificate", "web-pfx"]
        words += ["--output", str(self.output), "--key-output", "/dev/fd/3"]
        words += ["--vault", f"https://{HOST}", "--ca-file", str(CA.file)]
        self.assert_done(self.run_simulated([*words, "--key-directory", "{key-directory}"]))
        self.assertIn(b"BEGIN CERTIFICATE", self.output.read_bytes())
        self.assertIn(b"BEGIN PRIVATE KEY", self.log.read_bytes())

    def test_one_that_is_not_open_or_not_for_writing(self):
        for descriptor, redirection in ((9, ""), (3, "3</dev/null")):
            run = self.save_to(descriptor, redirection)
            self.assert_fails(run, f"cannot write to /dev/fd/{descriptor}")
        self.assertEqual(self.vault.requests, [])

    def test_reader_that_goes_away(self):
        words = ["bash", "-c", 'exec "$@" 3> >(exec true)', "bash", PROGRAM, "secret", "large"]
        words += ["--output", "/dev/fd/3", "--vault", f"https://{HOST}"]
        words += ["--ca-file", str(CA.file), "--key-directory", "{key-directory}"]
        self.vault.add(Secret("large", "1" * 32, "x" * 500_000))
        self.assert_fails(self.run_simulated(words), "cannot write to /dev/fd/3", "Broken pipe")


class OtherRuns(DeliveryTest):
    def test_leftovers_of_a_killed_run_are_removed(self):
        for name in (".output.arc-identity.new", ".output.arc-identity.lock"):
            (self.folder / name).write_text("left")
            (self.folder / name).chmod(0o777)
        self.assert_done(self.save())
        self.assert_private_file(self.output, PASSWORD.encode())

    def test_a_run_waits_for_another_until_its_time_limit(self):
        lock = self.folder / ".output.arc-identity.lock"
        with open(lock, "w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            run = self.save("--timeout", "1")
            self.assert_busy(run)
            fcntl.flock(file, fcntl.LOCK_UN)
        self.assert_done(self.save())

    def assert_busy(self, run):
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"another run of arc-identity is writing", run.stderr)
        self.assertEqual(self.vault.requests, [])

    def test_two_concurrent_runs_run_the_command_once(self):
        one = ["--on-change", self.note + "; sleep 1"]
        words = ["sh", "-c", '"$@" & "$@" && wait $!', "sh", PROGRAM, *self.words(*one)]
        words += ["--vault", f"https://{HOST}", "--ca-file", str(CA.file)]
        self.assert_done(self.run_simulated([*words, "--key-directory", "{key-directory}"]))
        self.assertEqual((self.runs(), self.siblings()), (1, []))

    def test_links_and_pipes_with_the_names_of_temporary_files(self):
        victim = self.folder / "victim"
        victim.write_text("x")
        for name in ("new", "lock", "changed"):
            (self.folder / f".output.arc-identity.{name}").symlink_to(victim)
        run = self.save()
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"cannot create a file next to", run.stderr)
        lock = self.folder / ".output.arc-identity.lock"
        lock.unlink()
        os.mkfifo(lock)
        self.assertIn(b"is not a regular file", self.save().stderr)
        lock.unlink()
        self.assertIn(b"cannot create a file next to", self.save("--on-change", "true").stderr)
        self.assertEqual(victim.read_text(), "x")
        self.assertFalse(self.output.exists())
