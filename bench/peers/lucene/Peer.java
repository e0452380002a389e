// Lucene as a peer: one force-merged segment, items reordered by recursive graph bisection, memory mapped.
//
// One text field with the question added three times: one posting list a word, Lucene's cheapest form of a
// weighted question. Ids are binary doc values, so that fetching ten of them is ten look-ups. Commands and
// output are those of ../harness.h; before it measures, it runs the queries until the compiler is warm.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.misc.index.BPIndexReorderer;
import org.apache.lucene.misc.index.BPReorderingMergePolicy;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;
import org.apache.lucene.util.Version;

public final class Peer {
    private static final int BEST = 10, EXPANSIONS = 50, THREADS = 2;
    private static final int REORDER_FROM = 50_000; // items: below, one list is a block or two anyway
    private static final String TEXT = "text", ID = "id";

    // ---- Building ----

    /** The string after a key; the generator's lines are plain ASCII without escapes. */
    private static String after(String line, String key) {
        int from = line.indexOf(key) + key.length();
        return line.substring(from, line.indexOf('"', from));
    }

    private static void add(IndexWriter writer, String line) throws IOException {
        String question = after(line, "\"question\":\"");
        Document document = new Document();
        document.add(new BinaryDocValuesField(ID, new BytesRef(after(line, "\"id\":\""))));
        for (int i = 0; i < 3; i++)
            document.add(new TextField(TEXT, question, Field.Store.NO));
        document.add(new TextField(TEXT, after(line, "\"answer\":\""), Field.Store.NO));
        writer.addDocument(document);
    }

    private static List<String> batch(BufferedReader from) throws IOException {
        List<String> lines = new ArrayList<>();
        synchronized (from) {
            for (String line; lines.size() < 500 && (line = from.readLine()) != null; )
                lines.add(line);
        }
        return lines;
    }

    private static void work(IndexWriter writer, BufferedReader from) {
        try {
            for (List<String> lines = batch(from); !lines.isEmpty(); lines = batch(from))
                for (String line : lines)
                    add(writer, line);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void build(String corpus, String index) throws Exception {
        Path path = Path.of(index);
        if (Files.isDirectory(path))
            try (var files = Files.list(path)) {
                for (Path file : files.toList())
                    Files.delete(file);
            }
        long items;
        try (var lines = Files.lines(Path.of(corpus))) {
            items = lines.limit(REORDER_FROM).count();
        }
        var merges = new TieredMergePolicy();
        var config = new IndexWriterConfig(new StandardAnalyzer()).setRAMBufferSizeMB(512).setUseCompoundFile(false);
        var reorderer = new BPIndexReorderer();
        reorderer.setRAMBudgetMB(2048);
        reorderer.setMinDocFreq(256);
        config.setMergePolicy(items < REORDER_FROM ? merges : new BPReorderingMergePolicy(merges, reorderer));
        try (var directory = new MMapDirectory(path);
             var writer = new IndexWriter(directory, config);
             var from = Files.newBufferedReader(Path.of(corpus))) {
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                threads[i] = new Thread(() -> work(writer, from));
                threads[i].start();
            }
            for (Thread thread : threads)
                thread.join();
            writer.forceMerge(1);
        }
    }

    // ---- Searching ----
    private record Hit(String id, float score) {}

    private final IndexSearcher searcher;
    private final LeafReader leaf;

    private Peer(String index) throws IOException {
        var reader = DirectoryReader.open(new MMapDirectory(Path.of(index)));
        if (reader.leaves().size() != 1)
            throw new IOException("expected one segment");
        leaf = reader.leaves().get(0).reader();
        searcher = new IndexSearcher(reader);
        searcher.setQueryCache(null);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
            if (!word.isEmpty())
                words.add(word);
        return words;
    }

    private record Expansion(BytesRef word, int frequency) {}

    private List<BytesRef> beginningWith(String text) throws IOException {
        BytesRef prefix = new BytesRef(text);
        TermsEnum terms = leaf.terms(TEXT).iterator();
        List<Expansion> found = new ArrayList<>();
        if (terms.seekCeil(prefix) != TermsEnum.SeekStatus.END)
            do {
                if (!StringHelper.startsWith(terms.term(), prefix))
                    break;
                found.add(new Expansion(BytesRef.deepCopyOf(terms.term()), terms.docFreq()));
            } while (terms.next() != null);
        found.sort(Comparator.comparingInt(Expansion::frequency).reversed());
        return found.stream().limit(EXPANSIONS).map(Expansion::word).toList();
    }

    private Query read(String kind, String text) throws IOException {
        BooleanQuery.Builder parts = new BooleanQuery.Builder();
        String plain = text;
        int open = text.indexOf('"'), close = text.lastIndexOf('"');
        if (open >= 0 && close > open) {
            parts.add(new PhraseQuery(TEXT, words(text.substring(open, close)).toArray(String[]::new)), Occur.MUST);
            plain = text.substring(0, open) + text.substring(close + 1);
        }
        List<String> list = words(plain);
        String last = kind.equals("prefix") ? list.get(list.size() - 1) : null;
        for (String word : new LinkedHashSet<>(list)) {
            Term term = new Term(TEXT, word);
            if (word.equals(last))
                for (BytesRef longer : beginningWith(word))
                    parts.add(new TermQuery(new Term(TEXT, longer)), Occur.SHOULD);
            else if (kind.equals("typo") && leaf.docFreq(term) == 0)
                parts.add(new FuzzyQuery(term, word.length() >= 8 ? 2 : 1, 1, EXPANSIONS, true), Occur.SHOULD);
            else
                parts.add(new TermQuery(term), Occur.SHOULD);
        }
        return parts.build();
    }

    private List<Hit> answer(String kind, String text) throws IOException {
        ScoreDoc[] best = searcher.search(read(kind, text), new TopScoreDocCollectorManager(BEST, BEST)).scoreDocs;
        Integer[] order = new Integer[best.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingInt(i -> best[i].doc)); // doc values are read forward
        Hit[] hits = new Hit[best.length];
        BinaryDocValues ids = leaf.getBinaryDocValues(ID);
        for (int i : order) {
            ids.advanceExact(best[i].doc);
            hits[i] = new Hit(ids.binaryValue().utf8ToString(), best[i].score);
        }
        return Arrays.asList(hits);
    }

    // ---- Running ----
    private static void rows(PrintWriter to, String qid, List<Hit> hits) {
        for (int i = 0; i < hits.size(); i++)
            to.printf(Locale.ROOT, "%s\t%s\t%d\t%.4f%n", qid, hits.get(i).id, i + 1, hits.get(i).score);
    }

    private static volatile int sink;

    private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

    /** Nanoseconds of processor time of this thread; the compiler's and the collector's threads are not in it. */
    private static long processor() {
        return THREAD.getCurrentThreadCpuTime();
    }

    private static double seconds(long since) {
        return (processor() - since) * 1e-9;
    }

    private void warm(String kind, List<String[]> queries, double seconds) throws IOException {
        long start = processor();
        for (int pass = 0; pass < 50; pass++)
            for (String[] query : queries) {
                if (seconds(start) > seconds)
                    return;
                sink += answer(kind, query[2]).size();
            }
    }

    private void run(String kind, List<String[]> queries, double seconds, PrintWriter run, PrintWriter times)
            throws IOException {
        warm(kind, queries, Math.min(5, seconds));
        long start = processor();
        int done = 0;
        for (; done < queries.size() && seconds(start) < seconds; done++)
            rows(run, queries.get(done)[0], answer(kind, queries.get(done)[2]));
        for (String[] query : queries.subList(0, done)) {
            long before = processor(), clock = System.nanoTime();
            sink += answer(kind, query[2]).size();
            long wall = System.nanoTime() - clock, cpu = processor() - before;
            times.printf(Locale.ROOT, "%s\t%s\t%.2f\t%.2f%n", query[0], kind, wall * 1e-3, cpu * 1e-3);
        }
    }

    private static void search(String[] a) throws IOException {
        Map<String, List<String[]>> kinds = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of(a[2]))) {
            String[] query = line.split("\t");
            kinds.computeIfAbsent(query[1], k -> new ArrayList<>()).add(query);
        }
        Peer peer = new Peer(a[1]);
        try (var run = new PrintWriter(Files.newBufferedWriter(Path.of(a[3])));
             var times = new PrintWriter(Files.newBufferedWriter(Path.of(a[4])))) {
            for (var kind : kinds.entrySet())
                peer.run(kind.getKey(), kind.getValue(), Double.parseDouble(a[5]), run, times);
        }
    }

    public static void main(String[] a) throws Exception {
        String what = a.length > 0 ? a[0] : "";
        if (what.equals("about")) {
            System.out.printf("{\"engine\": \"Lucene\", \"version\": \"%s (Java %s)\", \"settings\": \"one force-merged "
                    + "segment, reordered by graph bisection from %d items, one text field with positions, question "
                    + "three times, BM25 (1.2, 0.75), MMapDirectory, vector module, no query cache, ids as doc values; "
                    + "typo: FuzzyQuery, edits 1 (2 from 8 letters) for unknown words; prefix: the 50 most frequent "
                    + "expansions\"}%n", Version.LATEST, Runtime.version().feature(), REORDER_FROM);
        } else if (what.equals("build") && a.length == 3) {
            build(a[1], a[2]);
        } else if (what.equals("search") && a.length == 6) {
            search(a);
        } else if (what.equals("first") && a.length == 4) {
            PrintWriter out = new PrintWriter(System.out);
            rows(out, "q", new Peer(a[1]).answer(a[2], a[3]));
            out.flush();
        } else {
            System.err.println("usage: see ../harness.h");
            System.exit(2);
        }
    }
}
