const corpus = JSON.parse(document.getElementById("corpus").textContent);
const first = document.querySelector("script[data-document]");
const article = document.getElementById("text");
for (const [at, line] of (first ? JSON.parse(first.textContent).text : "").split(/(?<=\n)/).entries()) {
  const block = document.createElement("p");
  block.className = "block";
  block.textContent = line;
  article.append(block);
}
