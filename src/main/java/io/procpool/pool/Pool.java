package io.procpool.pool;

import io.procpool.function.Catalogue;
import io.procpool.function.FunctionsFolder.Fingerprint;
import io.procpool.problem.Failure;
import io.procpool.problem.Refusal.PoolDegraded;
import io.procpool.problem.Refusal.PoolNotRunning;
import io.procpool.problem.Refusal.PoolStillRunning;
import io.procpool.problem.Refusal.WorkerUnknown;
import io.procpool.problem.Refused;
import io.procpool.runtime.Launcher;
import io.procpool.runtime.Worker;
import io.procpool.wire.Frame;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A named set of workers with one specification.
 *
 * <p>Threads: requests call the public methods; each slot has a thread of its own; the crew's threads start and retire workers.
 */
public final class Pool {

    /** What {@link #health} says. */
    public sealed interface Health {
        record Ok() implements Health {}

        /**
         * No worker could be started at the last try, or some cannot be ended.
         *
         * @param cause a sentence
         * @param failures in a row
         */
        record Degraded(String cause, int failures, Duration untilNextTry) implements Health {}
    }

    private static final Pattern WORKER_ID = Pattern.compile("[1-9]\\d{0,17}");
    private static final Duration EARLY = Duration.ofSeconds(10);

    private final String name;
    private final Crew crew;
    private final FairQueue queue;
    private final StartGate gate = new StartGate();
    private final Recruiter recruiter;
    private final Generations generations;
    private final Roster roster;
    private final Instant created;
    private final Diagnosis diagnosis;
    private final Staff staff = new Staff();
    private volatile boolean everReady;

    Pool(String name, PoolSpec spec, Crew crew) {
        this.name = name;
        this.crew = crew;
        this.queue = new FairQueue(name);
        this.roster = new Roster(name, crew);
        this.recruiter = new Recruiter(this, gate);
        this.generations = new Generations(name, crew, spec, this::newGeneration);
        this.diagnosis = new Diagnosis(name, gate, roster, () -> spec().processes());
        this.created = crew.clock().instant();
    }

    /** Starts the slots that the specification wants and that are not there. */
    void staff() {
        staff.fill(this);
    }

    public String name() {
        return name;
    }

    public PoolSpec spec() {
        return generations.spec();
    }

    public PoolState state() {
        return staff.state();
    }

    public Instant created() {
        return created;
    }

    public Health health() {
        return diagnosis.health();
    }

    /** Whether a worker has ever been ready to serve. */
    public boolean everReady() {
        return everReady;
    }

    /** Works that have calls waiting. */
    public int queued() {
        return queue.size();
    }

    /** Works that have calls waiting, of the priorities from {@code lowest} to {@code highest}, both included. */
    public int queued(int lowest, int highest) {
        return queue.size(lowest, highest);
    }

    /** Works that a request is held open for and that have not begun: {@code queue_limit} is about these. */
    public int queuedCalls() {
        return queue.waitedFor();
    }

    public Duration oldestQueued() {
        return queue.oldest();
    }

    /** How many workers the pool has started in its life. */
    public long workersStarted() {
        return roster.enlisted();
    }

    /** What the runtime in use says of itself: the start method, and warnings about it. Empty while it starts. */
    public Optional<Launcher> launcher() {
        return generations.current().launcher();
    }

    /** What the runtime is here, for people: {@code python 3.11}. */
    public String runtimeDescription() {
        return launcher()
                .flatMap(Launcher::description)
                .orElseGet(() -> generations.runtime().description());
    }

    public List<WorkerView> workers() {
        return roster.views();
    }

    /**
     * Has a worker go, which is replaced.
     *
     * @param id as its view has it, in digits
     * @param kill at once, and its task is lost with it; else when it has finished that, and there is a replacement
     * @return it, as it is now
     * @throws Refused {@link WorkerUnknown} if it is gone, or never was
     */
    public WorkerView dismiss(String id, boolean kill) {
        return Optional.of(id)
                .filter(text -> WORKER_ID.matcher(text).matches())
                .flatMap(text -> roster.dismiss(Long.parseLong(text), kill))
                .orElseThrow(() -> new Refused(new WorkerUnknown(name, id)));
    }

    /** What its workers can call; empty while that is not known: it starts, or can't. */
    public Optional<Catalogue> catalogue() {
        return generations.current().catalogue();
    }

    /** The processes that the workers are, or are threads of. */
    public Set<Long> pids() {
        return roster.pids();
    }

    /** Workers in a state; cheap, for metrics. */
    public long countWorkers(WorkerState wanted) {
        return roster.count(wanted);
    }

    /**
     * Checks that {@code func} can be called here. Waits for a pool that is just starting; one that can't start is not asked: the
     * worker will tell.
     *
     * @throws Refused {@code FunctionUnknown}
     */
    public void requireFunction(String func) {
        generations.require(func, spec().startTimeout(), () -> gate.trouble().isPresent());
    }

    /** Whether the catalogue in use has a function of that name. */
    public boolean knows(String func) {
        return generations.current().catalogue().filter(known -> known.has(func)).isPresent();
    }

    /** @throws Refused if it takes no work: closed, terminated */
    public void requireRunning() {
        if (state() != PoolState.RUN) {
            throw new Refused(new PoolNotRunning(name, state().name()));
        }
    }

    /** @throws Refused if the pool takes no work, or its queue is full */
    public void submit(Work work) {
        requireRunning();
        queue.offer(work, spec().queueLimit());
    }

    /**
     * Takes a work that was accepted before: a closed pool takes it too.
     *
     * @throws Refused if it is terminated, or has ended
     */
    public void admit(Work work) {
        queue.admit(work);
    }

    /** Nothing waits for it outside of its queue any more. */
    public void drained() {
        if (state() == PoolState.CLOSE) {
            wakeSlots(); // that may have been what the closed pool was still open for
        }
    }

    /** Takes a work out of the queue that is not wanted any more. */
    public void withdraw(Work work) {
        queue.remove(work);
        drained();
    }

    /** A {@link Work#lasting} work has calls again. */
    public void resume(Work work) {
        queue.again(work);
    }

    /** Returns why a sync call that has waited {@code start_timeout} should give up; empty if there are or will be workers */
    public Optional<PoolDegraded> trouble() {
        return diagnosis.trouble();
    }

    /** No more work is taken; the workers end when all is done. */
    public void close() {
        staff.become(PoolState.CLOSE);
        queue.refuse(new PoolNotRunning(name, state().name()));
        wakeSlots();
    }

    /** Kills the workers; what waits or runs ends as {@code pool-terminated}. Does not wait: {@link #join} does. */
    public void terminate() {
        staff.become(PoolState.TERMINATE);
        queue.refuse(new PoolNotRunning(name, state().name()));
        queue.close(new Failure.PoolTerminated(name));
        generations.breakOff();
        wakeSlots();
    }

    /**
     * Waits until every worker is gone.
     *
     * @return false if they are not after {@code patience}
     * @throws Refused {@link PoolStillRunning} before close or terminate, as CPython's ValueError
     */
    public boolean join(Duration patience) throws InterruptedException {
        if (state() == PoolState.RUN) {
            throw new Refused(new PoolStillRunning(name));
        }
        return staff.awaitGone(patience);
    }

    /** Whether every worker is gone for good. */
    public boolean joined() {
        return staff.gone();
    }

    /** Another specification from now on. Workers that can't do for it are replaced one after another. */
    void respecify(PoolSpec spec) {
        generations.respecify(spec);
        staff();
        wakeSlots();
    }

    /** If the source files are others than its own, new workers take over from the old ones, which finish what they have. */
    void rollOver(Fingerprint files) {
        if (state() == PoolState.RUN && generations.isBehind(files)) {
            generations.rollOver();
        }
    }

    private void newGeneration() {
        gate.doubt();
        wakeSlots();
    }

    /** What did not end by itself in time is ended with its forkserver. */
    void abandon() {
        generations.close();
    }

    private void wakeSlots() {
        gate.changed();
        staff.wake();
        roster.pokeAll(); // one that is being initialised has no slot yet
    }

    // --- for the room ---

    FairQueue queue() {
        return queue;
    }

    Generation generation() {
        return generations.current();
    }

    PoolListener listener() {
        return crew.listener();
    }

    Answers answers() {
        return crew.answers();
    }

    Clock clock() {
        return crew.clock();
    }

    boolean wants(Slot slot) {
        return switch (state()) {
            case RUN -> slot.number() < spec().processes() || slot.owes();
            case CLOSE -> slot.owes() || (slot.number() < spec().processes() && isWanted());
            case TERMINATE -> false;
        };
    }

    /** Whether a closed pool has something to do: first what waits elsewhere, which comes from there into the queue. */
    private boolean isWanted() {
        return crew.backlog().waiting(name) || !queue.drained();
    }

    /** Why a slot ends that is not wanted. */
    ExitReason endReason() {
        return switch (state()) {
            case RUN -> ExitReason.SCALE_DOWN;
            case CLOSE -> ExitReason.DRAIN;
            case TERMINATE -> ExitReason.TERMINATE;
        };
    }

    CompletableFuture<@Nullable Member> recruit(Slot slot) {
        var coming =
                CompletableFuture.supplyAsync(
                        () -> recruiter.recruit(() -> wants(slot)), crew.threads());
        var _ = coming.whenComplete((_, _) -> slot.wake());
        return coming;
    }

    Roster roster() {
        return roster;
    }

    /** A worker has answered a task. */
    void lived() {
        gate.lived();
    }

    /** A worker that no task had met is gone. */
    void diedUnused(Member member, ExitReason reason) {
        if (member.age().compareTo(EARLY) < 0) {
            gate.stillborn(
                    "workers end right after their start (" + reason.label() + ")",
                    member.worker.startedNanos());
        }
    }

    /** A worker can serve. */
    void ready() {
        everReady = true;
    }

    void ask(Worker worker, String reference, Frame ask) {
        Thread.ofVirtual()
                .name("ask")
                .start(() -> worker.answer(crew.requests().answer(reference, ask)));
    }

    void ended(Slot slot) {
        if (staff.ended(slot)) {
            // What was offered while the last slot ended would wait for ever.
            queue.refuse(new PoolNotRunning(name, state().name()));
            queue.close(new Failure.PoolTerminated(name));
            generations.close();
            staff.closed();
        } else if (state() != PoolState.RUN) {
            wakeSlots(); // an idle one may have been left over by the last call of a closed pool
        }
        staff(); // it may have been wanted again meanwhile
    }
}
