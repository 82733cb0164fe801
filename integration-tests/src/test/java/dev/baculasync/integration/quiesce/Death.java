package dev.baculasync.integration.quiesce;

import java.util.List;

/** Ways in which a lock ends without anybody having asked for it. */
enum Death {
    HOLDER {
        @Override
        void strike(BackupHost host, Vm vm) throws Exception {
            host.holder().destroyForcibly();
        }
    },
    SSH {
        @Override
        void strike(BackupHost host, Vm vm) throws Exception {
            host.ssh().destroyForcibly();
        }
    },
    /** The backup host goes down. */
    WHOLE_HOST {
        @Override
        void strike(BackupHost host, Vm vm) throws Exception {
            host.killEverything();
        }
    },
    CONNECTION_CUT {
        @Override
        void strike(BackupHost host, Vm vm) {
            vm.network().cut();
        }
    },
    /** No packet passes any more, and neither side is told. */
    CONNECTION_SILENT {
        @Override
        void strike(BackupHost host, Vm vm) {
            vm.network().silence();
        }
    },
    SHELL_ON_VM {
        @Override
        void strike(BackupHost host, Vm vm) {
            only(vm.lockShells()).destroyForcibly();
        }
    },
    /** The database's client, or the shell that freezes and thaws. */
    SESSION_ON_VM {
        @Override
        void strike(BackupHost host, Vm vm) {
            only(only(vm.lockShells()).children().toList()).destroyForcibly();
        }
    };

    abstract void strike(BackupHost host, Vm vm) throws Exception;

    private static ProcessHandle only(List<ProcessHandle> processes) {
        if (processes.size() != 1) {
            throw new AssertionError(
                    "one process expected: " + processes.stream().map(Vm::words).toList());
        }
        return processes.get(0);
    }
}
