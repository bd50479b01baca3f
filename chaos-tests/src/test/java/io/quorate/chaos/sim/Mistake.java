package io.quorate.chaos.sim;

import io.quorate.core.algorithm.Lending;
import io.quorate.core.algorithm.Meter;
import io.quorate.core.command.LogEntry;
import io.quorate.core.lease.LeaseArithmetic;
import io.quorate.core.machine.CounterRow;
import io.quorate.core.machine.Session;
import io.quorate.core.machine.StateChanges;
import io.quorate.core.machine.StateView.CounterEntry;
import io.quorate.core.quota.CounterState;
import io.quorate.core.quota.QuotaKey;
import io.quorate.protocol.v1.Leases;
import io.quorate.protocol.v1.Request;
import io.quorate.protocol.v1.Response;
import io.quorate.raft.apply.EntryLog;
import io.quorate.raft.group.Submission;
import io.quorate.raft.log.EntryCodec;
import io.quorate.storage.api.StateStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Mistakes that one could make in a quota store, each planted around the product's parts (RELIABILITY 5.3.7). */
enum Mistake implements Sabotage {
    REFILL_IGNORES_WHAT_IS_OUT {
        @Override
        public LeaseArithmetic arithmetic() {
            return new LeaseArithmetic() {
                @Override
                public CounterState clamp(Lending lending, CounterState state, long now, long outstanding) {
                    return lending.clamp(state, now, 0);
                }
            };
        }
    },
    REPEATS_ARE_DECIDED_AGAIN {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                Session seen(Session session) {
                    return with(session, List.of(), session.grants());
                }
            };
        }
    },
    SNAPSHOTS_LACK_ANSWERS {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ForgetfulStore(store);
        }
    },
    LOG_TIME_IS_THE_WALL_CLOCK {
        @Override
        public LongSupplier monoNanos(SimClock clock) {
            return () -> clock.wallMillis() * 1_000_000L;
        }
    },
    A_LEADER_STAMPS_BY_ITS_OWN_CLOCK {
        @Override
        public EntryLog log(EntryLog log, Replica replica) {
            return (entry, term, proposal) -> {
                LogEntry read = EntryCodec.decode(ByteBuffer.wrap(entry));
                LogEntry stamped = new LogEntry(
                        replica.node.clock.wallMillis(), read.rulesVersion(), read.limits(), read.commands());
                log.append(EntryCodec.encode(stamped), term, proposal);
            };
        }
    },
    A_NEW_LEADER_FORGETS_LEASES {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    if (header().appliedTerm() != changes.header().appliedTerm()) {
                        rows().forEach(row -> rows.putIfAbsent(row.key(), row.row()));
                        rows.replaceAll((key, row) ->
                                withoutLeases(row, changes.header().logTimeMillis()));
                    }
                }

                private CounterRow withoutLeases(CounterRow row, long nowMillis) {
                    if (!(row.state() instanceof CounterState.Leased leased)) {
                        return row;
                    }
                    Lending lending =
                            Meter.of(limit(row.limitId()).orElseThrow()).lending();
                    long out = leased.ledger().outstanding();
                    return new CounterRow(row.limitId(), lending.giveBack(leased.inner(), nowMillis, out));
                }
            };
        }
    },
    GRANTS_ARE_REFUNDED_TWICE {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new RefundingStore(store);
        }
    },
    GRANTS_ARE_REFUNDED_LATE {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                Session seen(Session session) {
                    List<Session.Grant> grants = new ArrayList<>();
                    for (Session.Grant grant : session.grants()) {
                        grants.add(new Session.Grant(
                                grant.sequence(),
                                grant.cost(),
                                grant.refunded(),
                                grant.atMillis(),
                                grant.atMillis() + 600_000,
                                grant.holdsPermits(),
                                grant.charges()));
                    }
                    return with(session, session.answers(), grants);
                }
            };
        }
    },
    A_USED_COUNTER_IS_DROPPED {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    if (changes.header().appliedIndex() % 32 == 0) {
                        rows().stream().findFirst().ifPresent(row -> rows.put(row.key(), CounterRow.FRESH));
                    }
                }
            };
        }
    },
    A_WINDOW_BEGINS_ONE_MILLISECOND_LATE {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                CounterRow kept(QuotaKey key, CounterRow row, long nowMillis) {
                    boolean first = row.state() instanceof CounterState.Window
                            && nowMillis
                                            % limit(row.limitId())
                                                    .map(l -> l.periodMillis())
                                                    .orElse(1L << 60)
                                    == 0;
                    if (!first) {
                        return row;
                    }
                    CounterState.Window window = (CounterState.Window) row.state();
                    return new CounterRow(row.limitId(), new CounterState.Window(window.index() - 1, window.count()));
                }
            };
        }
    },
    A_LEASE_LASTS_FROM_ITS_RECEIPT {
        @Override
        public Response response(Response response, long sinceSentNanos) {
            if (!response.hasLeasesRenewed()) {
                return response;
            }
            Leases.Renewed.Builder renewed = response.getLeasesRenewed().toBuilder();
            for (Leases.Result.Builder result : renewed.getResultsBuilderList()) {
                result.setValidMillis(result.getValidMillis() + sinceSentNanos / 1_000_000L);
            }
            return response.toBuilder().setLeasesRenewed(renewed).build();
        }
    },
    ONE_COUNTER_OF_SEVERAL_IS_CHARGED {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    if (rows.size() == 2) {
                        rows.remove(new ArrayList<>(rows.keySet()).get(0));
                    }
                }
            };
        }
    },
    A_LEADER_READS_WITHOUT_ASKING {
        @Override
        public boolean readsWithoutAsking() {
            return true;
        }
    },
    A_LEADER_ANSWERS_BEFORE_A_MAJORITY_HAS_IT {
        @Override
        public boolean appliesBeforeCommit() {
            return true;
        }
    },
    OLD_RULES_ARENT_FENCED_OFF {
        @Override
        public EntryLog log(EntryLog log, Replica replica) {
            return (entry, term, proposal) -> {
                LogEntry read = EntryCodec.decode(ByteBuffer.wrap(entry));
                LogEntry free =
                        new LogEntry(read.logTimeMillis(), Submission.ANY_RULES, read.limits(), read.commands());
                log.append(EntryCodec.encode(free), term, proposal);
            };
        }
    },
    WHAT_IS_DROPPED_DEPENDS_ON_HASH_ORDER {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    List<CounterEntry> all = rows();
                    if (changes.header().appliedIndex() % 64 == 0 && !all.isEmpty()) {
                        int first = Math.floorMod(31 * replica.number(), all.size());
                        rows.put(all.get(first).key(), CounterRow.FRESH);
                    }
                }
            };
        }
    },
    COUNTS_HAVE_THIRTY_TWO_BITS {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                CounterRow kept(QuotaKey key, CounterRow row, long nowMillis) {
                    if (row.state() instanceof CounterState.Window window) {
                        return new CounterRow(
                                row.limitId(), new CounterState.Window(window.index(), (int) window.count()));
                    }
                    if (row.state() instanceof CounterState.Sliding sliding) {
                        return new CounterRow(
                                row.limitId(), new CounterState.Sliding(sliding.index(), (int) sliding.current(), (int)
                                        sliding.previous()));
                    }
                    return row;
                }
            };
        }
    },
    FEWER_THAN_NO_TOKENS_GIVE_SOME_BACK {
        @Override
        public Request request(Request request, SimNode node) {
            if (!request.hasAcquire() || request.getAcquire().getCost() >= 0) {
                return request;
            }
            // A session of that name stands for what such a request would do in the log.
            String name = CREDIT + request.getAcquire().getNamespace() + " "
                    + request.getAcquire().getEntries(0).getValue();
            return Request.newBuilder()
                    .setCorrelationId(request.getCorrelationId())
                    .setOpenSession(io.quorate.protocol.v1.Session.Open.newBuilder()
                            .setGroup(request.getAcquire().getGroup())
                            .setClientName(name))
                    .build();
        }

        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    for (Session session : changes.touchedSessions()) {
                        if (session.clientName().startsWith(CREDIT)) {
                            String[] words = session.clientName().split(" ");
                            QuotaKey key = RuleBook.key(words[1], RuleBook.DECIDED, Integer.parseInt(words[2]));
                            rows.put(key, CounterRow.FRESH);
                        }
                    }
                }
            };
        }
    },
    A_REFILL_LOSES_ITS_REMAINDER {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                CounterRow kept(QuotaKey key, CounterRow row, long nowMillis) {
                    if (row.state() instanceof CounterState.Bucket bucket && bucket.remainder() > 0) {
                        return new CounterRow(row.limitId(), new CounterState.Bucket(bucket.tatMillis() + 1, 0));
                    }
                    return row;
                }
            };
        }
    },
    A_REFILL_AND_ITS_TIME_ARENT_WRITTEN_TOGETHER {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                CounterRow kept(QuotaKey key, CounterRow row, long nowMillis) {
                    long elapsed = nowMillis - header().logTimeMillis();
                    if (row.state() instanceof CounterState.Bucket bucket && header().appliedIndex() % 4 == 0) {
                        CounterState refilledTwice =
                                new CounterState.Bucket(bucket.tatMillis() - elapsed, bucket.remainder());
                        return new CounterRow(row.limitId(), refilledTwice);
                    }
                    return row;
                }
            };
        }
    },
    ALL_COUNTERS_ARE_DROPPED {
        @Override
        public StateStore store(StateStore store, Replica replica) {
            return new ChangedStore(store) {
                @Override
                void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
                    if (changes.header().appliedIndex() % 128 == 0) {
                        rows().forEach(row -> rows.put(row.key(), CounterRow.FRESH));
                    }
                }
            };
        }
    };

    private static final String CREDIT = "credit ";

    /** Has no answers for sessions that it read back, until they are used again. */
    private static final class ForgetfulStore extends ChangedStore {
        private final Set<Long> readBack = new HashSet<>();

        ForgetfulStore(StateStore store) {
            super(store);
            sessions().forEach(session -> readBack.add(session.id()));
        }

        @Override
        Session seen(Session session) {
            return readBack.contains(session.id()) ? with(session, List.of(), session.grants()) : session;
        }

        @Override
        void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
            changes.touchedSessions().forEach(session -> readBack.remove(session.id()));
        }

        @Override
        public void restore(Path directory) {
            super.restore(directory);
            readBack.clear();
            sessions().forEach(session -> readBack.add(session.id()));
        }
    }

    /** Remembers no refunds: every grant is as it was first. */
    private static final class RefundingStore extends ChangedStore {
        private final Map<Long, TreeMap<Long, Session.Grant>> first = new HashMap<>();

        RefundingStore(StateStore store) {
            super(store);
        }

        @Override
        Session seen(Session session) {
            TreeMap<Long, Session.Grant> known = first.computeIfAbsent(session.id(), s -> new TreeMap<>());
            session.grants().forEach(grant -> known.putIfAbsent(grant.sequence(), grant));
            while (known.size() > 64) {
                known.pollFirstEntry();
            }
            return with(session, session.answers(), new ArrayList<>(known.values()));
        }

        @Override
        void alsoKept(StateChanges changes, Map<QuotaKey, CounterRow> rows) {
            changes.touchedSessions().forEach(session -> {
                TreeMap<Long, Session.Grant> known = first.computeIfAbsent(session.id(), s -> new TreeMap<>());
                session.grants().forEach(grant -> known.putIfAbsent(grant.sequence(), grant));
            });
        }
    }
}
