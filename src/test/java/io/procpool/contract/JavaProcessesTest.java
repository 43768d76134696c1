package io.procpool.contract;

/** Java workers, a JVM each. */
class JavaProcessesTest extends RuntimeContract {
    JavaProcessesTest() {
        super(Subject.javaProcesses());
    }
}
