package dev.baculasync.integration.store;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.baculasync.spi.ConfigStore;
import dev.baculasync.spi.EditResult;
import dev.baculasync.spi.Ledger;
import dev.baculasync.spi.ListableVm;
import dev.baculasync.spi.ManagedVm;
import dev.baculasync.spi.OpenStackInstance;
import dev.baculasync.spi.ProviderException;
import dev.baculasync.spi.ProviderException.Code;
import dev.baculasync.spi.StoreListing;
import dev.baculasync.spi.StoreSession;
import dev.baculasync.spi.StoredInstance;
import dev.baculasync.spi.VmEdit;
import dev.baculasync.spi.VmKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * A store in one table of PostgreSQL, as somebody writes it who has read no more than {@code spi}: a row of JSON that each step
 * replaces, and a lock that goes with the connection.
 */
final class TableStore implements ConfigStore {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .addMixIn(Instant.class, InstantAsText.class)
            .build();

    private final DataSource database;

    TableStore(DataSource database) {
        this.database = database;
    }

    private abstract static class InstantAsText {
        @JsonCreator
        static Instant parse(CharSequence text) {
            return Instant.parse(text);
        }

        @JsonValue
        @Override
        public abstract String toString();
    }

    private static ProviderException failed(Exception e) {
        return new ProviderException(Code.IO, "the database cannot be used: " + e.getMessage(), e);
    }

    private static Set<VmKey> keys(Set<String> texts) {
        return texts.stream().map(text -> VmKey.parse(text).orElseThrow()).collect(Collectors.toSet());
    }

    /** All that there is, by {@link VmKey#toString}. */
    private static final class State {
        Map<String, ManagedVm> vms = new TreeMap<>();
        /** What VMs were that are not committed; null for those that were not there. */
        Map<String, ManagedVm> before = new TreeMap<>();

        Set<String> listed = new TreeSet<>();
        boolean pending;
        Map<String, List<Ledger.Entry>> ledger = new TreeMap<>();

        /** Whether a Director reads something else then. */
        boolean rollback(String key) {
            ManagedVm was = before.remove(key);
            boolean differs = VmEdit.differForDirector(was, put(key, was));
            pending |= differs;
            return differs;
        }

        ManagedVm put(String key, ManagedVm vm) {
            if (vm == null) {
                listed.remove(key);
                return vms.remove(key);
            }
            return vms.put(key, vm);
        }

        void replace(String kind, Predicate<Ledger.Entry> removed, List<Ledger.Entry> added) {
            List<Ledger.Entry> entries = new ArrayList<>(ledger.getOrDefault(kind, List.of()));
            entries.removeIf(removed);
            entries.addAll(added);
            ledger.put(kind, entries);
        }
    }

    @Override
    public StoreSession open(Access access) {
        try {
            return new Session(access);
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private final class Session implements StoreSession, Ledger {
        private final Access access;
        private final Connection connection = database.getConnection();
        private final List<String> notes = new ArrayList<>();
        private final State state;
        private final Set<VmKey> listedAtFirst;

        private Session(Access access) throws SQLException {
            this.access = access;
            query("create table if not exists store (state text)");
            if (access == Access.WRITE
                    && query("select pg_try_advisory_lock(4711)").get().equals("f")) {
                connection.close();
                throw new ProviderException(Code.LOCKED, "another session holds the lock");
            }
            state = parse(query("select state from store").orElse("{}"));
            if (access == Access.WRITE && !state.before.isEmpty()) {
                notes.add("an earlier run did not come to its end; rolled back: " + state.before.keySet());
                for (String key : List.copyOf(state.before.keySet())) {
                    Entry entry = new Entry(key, "");
                    if (state.rollback(key)) {
                        state.replace(ROLLED_BACK, entry::equals, List.of(entry));
                    }
                }
                change(() -> {});
            }
            listedAtFirst = keys(state.listed);
        }

        @Override
        public StoredInstance read(OpenStackInstance instance) {
            List<ManagedVm> all = readAll().vms();
            return new StoredInstance(
                    all.stream().filter(vm -> vm.key().isOf(instance)).toList(), List.of());
        }

        @Override
        public StoredInstance readAll() {
            return new StoredInstance(List.copyOf(state.vms.values()), List.of());
        }

        @Override
        public List<EditResult> apply(List<VmEdit> edits) {
            List<EditResult> results = new ArrayList<>();
            change(() -> edits.forEach(edit -> results.add(new EditResult(edit, apply(edit)))));
            return results;
        }

        private ProviderException apply(VmEdit edit) {
            String key = edit.key().toString();
            ManagedVm there = state.vms.get(key);
            if (!Objects.equals(there, edit.before())) {
                return new ProviderException(Code.IO, key + " is not what it was");
            }
            if (!Objects.equals(there, edit.after())) {
                if (!state.before.containsKey(key)) {
                    state.before.put(key, there);
                }
                state.put(key, edit.after());
                state.pending |= edit.concernsDirector();
            }
            return null;
        }

        @Override
        public StoreListing listing() {
            return new StoreListing(
                    listedAtFirst,
                    state.vms.values().stream().map(ListableVm::of).toList());
        }

        @Override
        public boolean publish(Set<VmKey> listed) {
            change(() -> {
                state.pending |= !listed.equals(keys(state.listed));
                state.listed = listed.stream().map(VmKey::toString).collect(Collectors.toSet());
            });
            return state.pending;
        }

        @Override
        public void rollback(Collection<VmKey> vms) {
            change(() -> vms.stream()
                    .map(VmKey::toString)
                    .filter(state.before::containsKey)
                    .forEach(state::rollback));
        }

        @Override
        public void commit() {
            change(state.before::clear);
        }

        @Override
        public void loaded() {
            change(() -> state.pending = false);
        }

        @Override
        public List<VmKey> namedIn(String text, Collection<VmKey> among) {
            return among.stream().filter(vm -> text.contains("/" + vm + "/")).toList();
        }

        @Override
        public boolean removeInstance(OpenStackInstance instance) {
            change(() -> {});
            if (!state.before.isEmpty()) {
                throw new ProviderException(Code.IO, "what this session has changed is not committed");
            }
            return read(instance).vms().isEmpty();
        }

        @Override
        public Ledger ledger() {
            return this;
        }

        @Override
        public List<Entry> entries(String kind) {
            return List.copyOf(state.ledger.getOrDefault(kind, List.of()));
        }

        @Override
        public void update(String kind, Predicate<Entry> removed, List<Entry> added) {
            change(() -> state.replace(kind, removed, added));
        }

        @Override
        public List<String> notes() {
            return notes;
        }

        @Override
        public void close() {
            try {
                connection.close();
            } catch (SQLException e) {
                throw failed(e);
            }
        }

        private static State parse(String text) {
            try {
                return JSON.readValue(text, State.class);
            } catch (JsonProcessingException e) {
                throw failed(e);
            }
        }

        private void change(Runnable change) {
            if (access == Access.READ) {
                throw new IllegalStateException("the session was opened for reading");
            }
            change.run();
            try {
                query("with gone as (delete from store) insert into store values (?)", JSON.writeValueAsString(state));
            } catch (JsonProcessingException e) {
                throw failed(e);
            }
        }

        private Optional<String> query(String sql, String... arguments) {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < arguments.length; i++) {
                    statement.setString(i + 1, arguments[i]);
                }
                boolean hasRows =
                        statement.execute() && statement.getResultSet().next();
                return hasRows ? Optional.of(statement.getResultSet().getString(1)) : Optional.empty();
            } catch (SQLException e) {
                throw failed(e);
            }
        }
    }
}
