package dev.baculasync.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.baculasync.spi.CatalogCleanup;
import dev.baculasync.spi.JobHolding;
import dev.baculasync.spi.OrphanRemoval;
import dev.baculasync.spi.OrphanedRows;
import dev.baculasync.testkit.CatalogCleanupContract.Catalog;
import dev.baculasync.testkit.CatalogCleanupContract.PastRun;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each rule of {@link CatalogCleanupContract} finds a facet that breaks it and does all else right. */
class BrokenCleanupTest {
    @Test
    void aLookThatTakesCopiesForRunsOfTheJobIsFound() {
        assertFound(CatalogCleanupContract::aLookRemovesNothingAndNamesOwnRunsAlone, broken -> new Like(broken) {
            @Override
            public JobHolding look(String client, String job, String fileSet) {
                JobHolding looked = super.look(client, job, fileSet);
                return with(looked, broken.runsOf(job), looked.unpurged());
            }
        });
    }

    @Test
    void aRemovalThatTakesEveryRunOfThatNameIsFound() {
        assertFound(CatalogCleanupContract::aRemovalTakesTheJobsOwnRunsAndNothingElse, broken -> new Like(broken) {
            @Override
            public JobHolding remove(JobHolding looked) {
                JobHolding removed = super.remove(looked);
                broken.removeRuns(CatalogCleanupContract.OTHER_CLIENT, looked.job());
                return removed;
            }
        });
    }

    @Test
    void aRemovalThatInsistsOnFindingSomethingIsFound() {
        assertFound(CatalogCleanupContract::removingAgainIsNoError, broken -> new Like(broken) {
            @Override
            public JobHolding remove(JobHolding looked) {
                JobHolding removed = super.remove(looked);
                return removed.runs().isEmpty() ? removed.without("there is nothing of it") : removed;
            }
        });
    }

    @Test
    void aRemovalThatTakesAJobAtWorkIsFound() {
        assertFound(CatalogCleanupContract::aJobAtWorkStays, broken -> new Like(broken) {
            @Override
            public JobHolding look(String client, String job, String fileSet) {
                JobHolding looked = super.look(client, job, fileSet);
                return with(looked, looked.runs(), looked.unpurged());
            }
        });
    }

    @Test
    void aRemovalThatTakesWhatNobodyHasLookedAtIsFound() {
        assertFound(CatalogCleanupContract::aRunThatWasMadeSinceTheLookStopsTheRemoval, broken -> new Like(broken) {
            @Override
            public JobHolding remove(JobHolding looked) {
                return super.remove(look(looked.client(), looked.job(), looked.fileSet()));
            }
        });
    }

    @Test
    void aRemovalThatDoesNotLookWhetherFilesArePurgedIsFound() {
        assertFound(
                CatalogCleanupContract::aCatalogThatDoesNotKnowWhatTheDirectorHasPurgedIsNotTheDirectors,
                broken -> new Like(broken) {
                    @Override
                    public JobHolding remove(JobHolding looked) {
                        looked.runs().forEach(broken::purgeFiles);
                        return super.remove(looked);
                    }
                });
    }

    @Test
    void aPreviewThatRemovesIsFound() {
        assertFound(
                CatalogCleanupContract::aPreviewRemovesNothingAndSaysWhatTheRemovalThenDoes,
                broken -> new Like(broken) {
                    @Override
                    public CatalogCleanup preview() {
                        return new Like(broken) {
                            @Override
                            public JobHolding remove(JobHolding looked) {
                                looked.runs().forEach(broken::purgeFiles);
                                return super.remove(looked);
                            }
                        };
                    }
                });
    }

    @Test
    void aPreviewThatForgetsWhatItHasRemovedIsFound() {
        assertFound(
                CatalogCleanupContract::aPreviewGoesOnFromWhatItHasRemovedAndAnotherBeginsAnew,
                broken -> new Like(broken) {
                    @Override
                    public CatalogCleanup preview() {
                        return new Like(broken) {
                            @Override
                            public JobHolding remove(JobHolding looked) {
                                return super.preview().remove(looked);
                            }
                        };
                    }
                });
    }

    @Test
    void anOrphanThatIsRemovedUnseenIsFound() {
        assertFound(CatalogCleanupContract::onlyRowsThatNothingUsesAnyMoreAreRemoved, broken -> new Like(broken) {
            @Override
            public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
                return new OrphanRemoval(new TreeMap<>(), null);
            }
        });
    }

    @Test
    void rowsThatAreNamedAgainAndAgainAreFound() {
        assertFound(CatalogCleanupContract::rowsThatAreKnownAreNotNamedAgain, broken -> new Like(broken) {
            @Override
            public Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known) {
                return super.usedBy(runs, List.of());
            }
        });
    }

    @Test
    void aRemovalOfOrphansThatGivesUpForGoodIsFound() {
        assertFound(
                CatalogCleanupContract::orphanedRowsWaitForAMomentWithoutAJobAtWorkButNotInAPreview,
                broken -> new Like(broken) {
                    @Override
                    public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
                        return new OrphanRemoval(
                                super.removeOrphaned(candidates).rows(), null);
                    }
                });
    }

    @Test
    void rowsOfAnotherCatalogThatAreTakenForThisOnesAreFound() {
        assertFound(CatalogCleanupContract::rowsOfAnotherCatalogStay, broken -> new Like(broken) {
            @Override
            public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
                return super.removeOrphaned(candidates.stream()
                        .map(rows -> new OrphanedRows(InMemoryCatalog.MARK, rows.rows()))
                        .toList());
            }
        });
    }

    @Test
    void rowsThatAreSkippedWhenTheyAreNotUnderstoodAreFound() {
        assertFound(CatalogCleanupContract::rowsThatAreNotUnderstoodAreRefused, broken -> new Like(broken) {
            @Override
            public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
                return super.removeOrphaned(candidates.stream().limit(1).toList());
            }
        });
    }

    @Test
    void jobsOfAnotherClientThatCountAsActiveAreFound() {
        assertFound(
                CatalogCleanupContract::activeJobsAreThoseOfTheClientWhateverTheirNames, broken -> new Like(broken) {
                    @Override
                    public SortedSet<String> activeJobs(String client) {
                        SortedSet<String> active = new TreeSet<>(super.activeJobs(CatalogCleanupContract.CLIENT));
                        active.addAll(super.activeJobs(CatalogCleanupContract.OTHER_CLIENT));
                        return active;
                    }
                });
    }

    @Test
    void aClientThatIsSaidToBeRemovedWhateverItHasIsFound() {
        assertFound(CatalogCleanupContract::aClientGoesOnceNoJobRowNamesIt, broken -> new Like(broken) {
            @Override
            public boolean removeClient(String client) {
                super.removeClient(client);
                return true;
            }
        });
    }

    private static JobHolding with(JobHolding looked, SortedSet<Long> runs, SortedSet<Long> unpurged) {
        return new JobHolding(
                looked.client(),
                looked.job(),
                looked.fileSet(),
                runs,
                unpurged,
                looked.bytes(),
                looked.rows(),
                looked.volumes(),
                looked.kept(),
                null);
    }

    private static void assertFound(
            Consumer<CatalogCleanupContract> rule, Function<InMemoryCatalog, CatalogCleanup> broken) {
        CatalogCleanupContract sound = runs -> new InMemoryCleanupTest.InMemory(runs);
        assertThatCode(() -> rule.accept(sound)).doesNotThrowAnyException();
        CatalogCleanupContract unsound = runs -> brokenCatalog(runs, broken);
        assertThatCode(() -> rule.accept(unsound)).isInstanceOf(AssertionError.class);
    }

    private static Catalog brokenCatalog(List<PastRun> runs, Function<InMemoryCatalog, CatalogCleanup> broken) {
        return new InMemoryCleanupTest.InMemory(runs) {
            @Override
            public CatalogCleanup cleanup() {
                return broken.apply(catalog());
            }
        };
    }

    /** Does all as it should. */
    private static class Like implements CatalogCleanup {
        private final CatalogCleanup sound;

        Like(InMemoryCatalog catalog) {
            this.sound = catalog.cleanup().orElseThrow();
        }

        @Override
        public void check() {
            sound.check();
        }

        @Override
        public CatalogCleanup preview() {
            return sound.preview();
        }

        @Override
        public JobHolding look(String client, String job, String fileSet) {
            return sound.look(client, job, fileSet);
        }

        @Override
        public JobHolding remove(JobHolding looked) {
            return sound.remove(looked);
        }

        @Override
        public Optional<OrphanedRows> usedBy(Set<Long> runs, Collection<OrphanedRows> known) {
            return sound.usedBy(runs, known);
        }

        @Override
        public OrphanRemoval removeOrphaned(Collection<OrphanedRows> candidates) {
            return sound.removeOrphaned(candidates);
        }

        @Override
        public SortedSet<String> activeJobs(String client) {
            return sound.activeJobs(client);
        }

        @Override
        public boolean removeClient(String client) {
            return sound.removeClient(client);
        }
    }
}
