package io.procpool.contract;

/** Python workers, a process each. */
class PythonProcessesTest extends RuntimeContract {
    PythonProcessesTest() {
        super(Subject.pythonProcesses());
    }
}
