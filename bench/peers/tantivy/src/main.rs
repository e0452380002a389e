//! tantivy as a peer: one segment, block-max WAND for the ten best, memory mapped.
//!
//! One text field with the question added three times: one posting list a word, which is tantivy's
//! cheapest form of a weighted question. Commands and output are those of ../harness.h.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::time::Instant;

use tantivy::collector::TopDocs;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::NoMergePolicy;
use tantivy::query::{BooleanQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{
    Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions, Value, STORED,
};
use tantivy::store::Compressor;
use tantivy::termdict::TermStreamer;
use tantivy::{Index, IndexSettings, IndexWriter, ReloadPolicy, Searcher, TantivyDocument, Term};
use tantivy_fst::Automaton;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const BEST: usize = 10;
const EXPANSIONS: usize = 50;

#[derive(serde::Deserialize)]
struct Item {
    id: String,
    question: String,
    answer: String,
}

fn build(corpus: &str, path: &str) -> Outcome<()> {
    let _ = fs::remove_dir_all(path);
    fs::create_dir_all(path)?;
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("default") // letters and digits, lower-cased
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let mut schema = Schema::builder();
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let id = schema.add_text_field("id", STORED);
    let index = Index::builder()
        .schema(schema.build())
        // ids only: without compression, so that fetching ten of them is a copy
        .settings(IndexSettings { docstore_compression: Compressor::None, ..Default::default() })
        .open_or_create(MmapDirectory::open(path)?)?;
    let mut writer: IndexWriter = index.writer(1_000_000_000)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for line in BufReader::with_capacity(1 << 20, File::open(corpus)?).lines() {
        let item: Item = serde_json::from_str(&line?)?;
        let mut document = TantivyDocument::default();
        document.add_text(id, &item.id);
        for _ in 0..3 {
            document.add_text(text, &item.question);
        }
        document.add_text(text, &item.answer);
        writer.add_document(document)?;
    }
    writer.commit()?;
    let segments = index.searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
        writer.garbage_collect_files().wait()?;
    }
    writer.wait_merging_threads()?;
    Ok(())
}

struct Engine {
    searcher: Searcher,
    text: Field,
    id: Field,
}

struct Hit {
    id: String,
    score: f32,
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.to_ascii_lowercase())
        .collect()
}

impl Engine {
    fn open(path: &str) -> Outcome<Engine> {
        let index = Index::open_in_dir(path)?;
        let text = index.schema().get_field("text")?;
        let id = index.schema().get_field("id")?;
        let searcher =
            index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?.searcher();
        Ok(Engine { searcher, text, id })
    }

    fn term(&self, word: &str) -> Term {
        Term::from_field_text(self.text, word)
    }

    fn word(&self, word: &str) -> (Occur, Box<dyn Query>) {
        let query = TermQuery::new(self.term(word), IndexRecordOption::WithFreqs);
        (Occur::Should, Box::new(query))
    }

    /// The most frequent of the terms that a walk over the dictionary gives.
    fn expand<A: Automaton>(&self, mut terms: TermStreamer<'_, A>) -> Vec<String>
    where
        A::State: Clone,
    {
        let mut found = Vec::new();
        while terms.advance() {
            let word = String::from_utf8_lossy(terms.key()).into_owned();
            found.push((terms.value().doc_freq, word));
        }
        found.sort_by(|a, b| b.cmp(a));
        found.truncate(EXPANSIONS);
        found.into_iter().map(|(_, word)| word).collect()
    }

    fn beginning_with(&self, prefix: &str) -> Outcome<Vec<String>> {
        let inverted = self.searcher.segment_reader(0).inverted_index(self.text)?;
        let mut end = prefix.as_bytes().to_vec();
        *end.last_mut().ok_or("an empty prefix")? += 1;
        Ok(self.expand(inverted.terms().range().ge(prefix).lt(end).into_stream()?))
    }

    /// One edit, or two from eight letters on: what a reader's slip of the fingers amounts to.
    fn near(&self, word: &str) -> Outcome<Vec<String>> {
        let inverted = self.searcher.segment_reader(0).inverted_index(self.text)?;
        let edits = if word.len() >= 8 { 2 } else { 1 };
        let automaton = FuzzyTermQuery::new(self.term(word), edits, true).automaton()?;
        Ok(self.expand(inverted.terms().search(automaton).into_stream()?))
    }

    fn read(&self, kind: &str, query: &str) -> Outcome<BooleanQuery> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut plain = query.to_string();
        if let (Some(open), Some(close)) = (query.find('"'), query.rfind('"')) {
            let phrase = words(&query[open..close]);
            plain = format!("{} {}", &query[..open], &query[close + 1..]);
            if phrase.len() > 1 {
                let terms = phrase.iter().map(|word| self.term(word)).collect();
                parts.push((Occur::Must, Box::new(PhraseQuery::new(terms))));
            }
        }
        let list = words(&plain);
        let mut seen = HashSet::new();
        for (i, word) in list.iter().enumerate() {
            if !seen.insert(word) {
                continue;
            }
            if kind == "prefix" && i + 1 == list.len() {
                parts.extend(self.beginning_with(word)?.iter().map(|word| self.word(word)));
            } else if kind == "typo" && self.searcher.doc_freq(&self.term(word))? == 0 {
                parts.extend(self.near(word)?.iter().map(|word| self.word(word)));
            } else {
                parts.push(self.word(word));
            }
        }
        Ok(BooleanQuery::new(parts))
    }

    fn answer(&self, kind: &str, query: &str) -> Outcome<Vec<Hit>> {
        let query = self.read(kind, query)?;
        let best = self.searcher.search(&query, &TopDocs::with_limit(BEST).order_by_score())?;
        let mut hits = Vec::with_capacity(BEST);
        for (score, address) in best {
            let document: TantivyDocument = self.searcher.doc(address)?;
            let id = document.get_first(self.id).and_then(|id| id.as_str()).unwrap_or("").to_string();
            hits.push(Hit { id, score });
        }
        Ok(hits)
    }
}

fn rows(out: &mut String, qid: &str, hits: &[Hit]) {
    for (i, hit) in hits.iter().enumerate() {
        let _ = writeln!(out, "{qid}\t{}\t{}\t{:.4}", hit.id, i + 1, hit.score);
    }
}

/// Seconds of processor time of this thread.
fn processor() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: clock_gettime fills the structure it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

fn search(path: &str, queries: &str, run: &str, times: &str, seconds: f64) -> Outcome<()> {
    let file = fs::read_to_string(queries)?;
    let lines: Vec<Vec<&str>> = file.lines().map(|line| line.split('\t').collect()).collect();
    let mut kinds: Vec<&str> = Vec::new();
    for line in &lines {
        if !kinds.contains(&line[1]) {
            kinds.push(line[1]);
        }
    }
    let engine = Engine::open(path)?;
    let (mut run, mut times) = (BufWriter::new(File::create(run)?), BufWriter::new(File::create(times)?));
    for kind in kinds {
        let of_kind: Vec<_> = lines.iter().filter(|line| line[1] == kind).collect();
        let start = processor();
        let mut done = 0;
        while done < of_kind.len() && processor() - start < seconds {
            let mut out = String::new();
            rows(&mut out, of_kind[done][0], &engine.answer(kind, of_kind[done][2])?);
            run.write_all(out.as_bytes())?;
            done += 1;
        }
        for line in &of_kind[..done] {
            let (before, clock) = (processor(), Instant::now());
            let hits = engine.answer(kind, line[2])?;
            let (wall, cpu) = (clock.elapsed().as_secs_f64(), processor() - before);
            std::hint::black_box(hits);
            writeln!(times, "{}\t{kind}\t{:.2}\t{:.2}", line[0], wall * 1e6, cpu * 1e6)?;
        }
    }
    Ok(())
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[1..] {
        ["about"] => println!(
            "{{\"engine\": \"tantivy\", \"version\": \"0.27.0\", \"settings\": \"one merged segment, one text field with \
             positions, question three times, block-max WAND, BM25 (1.2, 0.75), mmap, ids stored uncompressed; typo: \
             edits 1 (2 from 8 letters) for unknown words; prefix: the 50 most frequent expansions\"}}"
        ),
        ["build", corpus, index] => build(corpus, index)?,
        ["search", index, queries, run, times, seconds] => {
            search(index, queries, run, times, seconds.parse()?)?
        }
        ["first", index, kind, query] => {
            let mut out = String::new();
            rows(&mut out, "q", &Engine::open(index)?.answer(kind, query)?);
            io::stdout().write_all(out.as_bytes())?;
        }
        _ => return Err("usage: see ../harness.h".into()),
    }
    Ok(())
}
